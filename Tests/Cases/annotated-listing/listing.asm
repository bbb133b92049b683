; ./policy.toml, for Linux 7.2
; 6 restrictions, registered first
;   operations: nop, connect, write, openat2, socket
;   SQE flags allowed: fixed_file, io_link, io_hardlink, async, buffer_select, cqe_skip_success
; 4 filters, in this order; a request must pass every filter of its operation
;       operation          instructions  worst     mean  reads
;    1  connect                      22     14      6.2  24 bytes
;    2  write                        11      9      5.8  header
;    3  openat2                      11     10      5.0  24 bytes
;    4  socket                       14     10      7.6  12 bytes
; worst and mean: instructions executed, both ways through a test being equally likely

; connect: 22 instructions, at most 14 executed
; ./policy.toml:17, ./policy.toml:20
l0: ld [16]                       ; family
l1: jeq #0xa, l9, l2
l2: jeq #0x1, l20, l3             ; allowed: ./policy.toml:20
l3: jeq #0x2, l4, l21             ; denied: ./policy.toml:17
; ./policy.toml:17
l4: ld [20]                       ; port
l5: jeq #0xbb01, l6, l21          ; denied: ./policy.toml:17
; ./policy.toml:17, ./policy.toml:19
l6: ld [24]                       ; address, word 1
l7: and #0xff
l8: jeq #0xa, l20, l21            ; allowed: ./policy.toml:19, denied: ./policy.toml:17
; ./policy.toml:17
l9: ld [20]                       ; port
l10: jeq #0xbb01, l11, l21        ; denied: ./policy.toml:17
; ./policy.toml:17
l11: ld [24]                      ; address, word 1
l12: jset #0xffffffff, l21, l13   ; denied: ./policy.toml:17
; ./policy.toml:17
l13: ld [28]                      ; address, word 2
l14: jset #0xffffffff, l21, l15   ; denied: ./policy.toml:17
; ./policy.toml:17
l15: ld [32]                      ; address, word 3
l16: jeq #0xffff0000, l17, l21    ; denied: ./policy.toml:17
; ./policy.toml:17, ./policy.toml:19, ./policy.toml:20
l17: ld [36]                      ; address, word 4
l18: and #0xff
l19: jeq #0xa, l20, l21           ; allowed: ./policy.toml:19, denied: ./policy.toml:17
l20: ret #0x1
l21: ret #0x0

; write: 11 instructions, at most 9 executed
; ./policy.toml:24, ./policy.toml:23
l0: ld [8]                        ; opcode and SQE flags
l1: and #0x8100
l2: jeq #0x100, l3, l10           ; denied: ./policy.toml:24
; ./policy.toml:23
l3: ld [4]                        ; user_data, high half
l4: jset #0xffffffff, l10, l5     ; denied: ./policy.toml:23
; ./policy.toml:23, ./policy.toml:4, ./policy.toml:24
l5: ld [0]                        ; user_data
l6: jge #0x10, l8, l7
l7: jeq #0x1, l9, l10             ; allowed: ./policy.toml:4, denied: ./policy.toml:23
l8: jge #0x20, l10, l9            ; denied: ./policy.toml:23, allowed: ./policy.toml:4
l9: ret #0x1
l10: ret #0x0

; openat2: 11 instructions, at most 10 executed
; ./policy.toml:9, ./policy.toml:8
l0: ld [16]                       ; flags
l1: jset #0xffe0027f, l10, l2     ; denied: ./policy.toml:8
; ./policy.toml:9
l2: ld [20]                       ; flags, high half
l3: jset #0xffffffff, l10, l4     ; denied: [open] flags does not allow bits without a name: 0x100000000
; ./policy.toml:9, ./policy.toml:8
l4: ld [32]                       ; resolve
l5: and #0xffffffc8
l6: jeq #0x8, l7, l10             ; denied: ./policy.toml:9
; ./policy.toml:8, ./policy.toml:9
l7: ld [36]                       ; resolve, high half
l8: jset #0xffffffff, l10, l9     ; denied: ./policy.toml:9, allowed: ./policy.toml:8
l9: ret #0x1
l10: ret #0x0

; socket: 14 instructions, at most 10 executed
; ./policy.toml:11
l0: ld [20]                       ; type
l1: and #0xf
l2: jeq #0x1, l3, l10
; ./policy.toml:11
l3: ld [24]                       ; protocol
l4: jeq #0x6, l6, l5
l5: jeq #0x0, l6, l10
; ./policy.toml:11, ./policy.toml:14, ./policy.toml:13
l6: ld [16]                       ; family
l7: jge #0x3, l9, l8
l8: jeq #0x0, l13, l12            ; denied: ./policy.toml:11, allowed: ./policy.toml:14
l9: jeq #0xa, l12, l13            ; allowed: ./policy.toml:13, denied: ./policy.toml:11
; ./policy.toml:11, ./policy.toml:14
l10: ld [16]                      ; family
l11: jeq #0x1, l12, l13           ; allowed: ./policy.toml:14, denied: ./policy.toml:11
l12: ret #0x1
l13: ret #0x0
