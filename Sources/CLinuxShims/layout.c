/*
 * Holds the structures of CLinuxShims.h against the kernel's binary interface at compile time: absolute
 * offsets and sizes always, the installed kernel headers as well where they are new enough.
 */
#include "CLinuxShims.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

#define AT(type, field, offset) \
  _Static_assert(offsetof(struct type, field) == (offset), #type "." #field " is not at " #offset)
#define SIZE(type, size) _Static_assert(sizeof(struct type) == (size), #type " does not have " #size " bytes")

AT(uj_restriction, opcode, 0);
AT(uj_restriction, value, 2);
AT(uj_restriction, resv2, 4);
SIZE(uj_restriction, 16);

AT(uj_task_restriction_header, flags, 0);
AT(uj_task_restriction_header, nr_res, 2);
AT(uj_task_restriction_header, resv, 4);
SIZE(uj_task_restriction_header, 16);

AT(uj_bpf_filter, cmd_type, 0);
AT(uj_bpf_filter, cmd_flags, 2);
AT(uj_bpf_filter, resv, 4);
AT(uj_bpf_filter, opcode, 8);
AT(uj_bpf_filter, flags, 12);
AT(uj_bpf_filter, filter_len, 16);
AT(uj_bpf_filter, pdu_size, 20);
AT(uj_bpf_filter, resv1, 21);
AT(uj_bpf_filter, filter_ptr, 24);
AT(uj_bpf_filter, resv2, 32);
SIZE(uj_bpf_filter, 72);

AT(uj_sock_filter, code, 0);
AT(uj_sock_filter, jt, 2);
AT(uj_sock_filter, jf, 3);
AT(uj_sock_filter, k, 4);
SIZE(uj_sock_filter, 8);
_Static_assert(sizeof(struct uj_sock_filter) == sizeof(struct sock_filter), "struct sock_filter changed");
_Static_assert(offsetof(struct sock_filter, jt) == 2 && offsetof(struct sock_filter, k) == 4, "struct sock_filter");

_Static_assert(offsetof(struct seccomp_data, nr) == 0 && offsetof(struct seccomp_data, arch) == 4 &&
                   offsetof(struct seccomp_data, args) == 16 && sizeof(struct seccomp_data) == 64,
               "SystemCallData.swift has another struct seccomp_data");
_Static_assert(SECCOMP_RET_ERRNO == 0x50000 && SECCOMP_RET_ALLOW == 0x7fff0000 &&
                   SECCOMP_RET_KILL_PROCESS == 0x80000000U,
               "SystemCallVerdict has other numbers");
#if defined(__x86_64__)
_Static_assert(AUDIT_ARCH_X86_64 == 0xC000003E && AUDIT_ARCH_I386 == 0x40000003, "SystemCallABI has other numbers");
_Static_assert(__X32_SYSCALL_BIT == 0x40000000 && SYS_execve == 59 && SYS_execveat == 322, "SystemCallABI");
#elif defined(__aarch64__)
_Static_assert(AUDIT_ARCH_AARCH64 == 0xC00000B7 && AUDIT_ARCH_ARM == 0x40000028, "SystemCallABI has other numbers");
_Static_assert(SYS_execve == 221 && SYS_execveat == 281, "SystemCallABI has other numbers");
#endif

AT(uj_query_header, next_entry, 0);
AT(uj_query_header, query_data, 8);
AT(uj_query_header, query_op, 16);
AT(uj_query_header, size, 20);
AT(uj_query_header, result, 24);
AT(uj_query_header, resv, 28);
SIZE(uj_query_header, 40);

AT(uj_query_opcodes, nr_request_opcodes, 0);
AT(uj_query_opcodes, nr_register_opcodes, 4);
AT(uj_query_opcodes, feature_flags, 8);
AT(uj_query_opcodes, ring_setup_flags, 16);
AT(uj_query_opcodes, enter_flags, 24);
AT(uj_query_opcodes, sqe_flags, 32);
AT(uj_query_opcodes, nr_query_opcodes, 40);
SIZE(uj_query_opcodes, 48);

_Static_assert(sizeof(struct uj_restriction) == sizeof(struct io_uring_restriction), "struct io_uring_restriction");
_Static_assert(UJ_RESTRICTION_SQE_FLAGS_REQUIRED == IORING_RESTRICTION_SQE_FLAGS_REQUIRED, "restriction opcodes");

_Static_assert(UJ_PROC_SUPER_MAGIC == PROC_SUPER_MAGIC, "the number of procfs");

#if __has_include(<linux/io_uring/bpf_filter.h>)
#include <linux/io_uring/bpf_filter.h>
_Static_assert(sizeof(struct uj_bpf_filter) == sizeof(struct io_uring_bpf), "struct io_uring_bpf");
_Static_assert(offsetof(struct uj_bpf_filter, filter_ptr) == offsetof(struct io_uring_bpf, filter.filter_ptr),
               "struct io_uring_bpf");
_Static_assert(UJ_BPF_CMD_FILTER == IO_URING_BPF_CMD_FILTER, "filter command");
_Static_assert(UJ_BPF_FILTER_DENY_REST == IO_URING_BPF_FILTER_DENY_REST, "filter flags");
_Static_assert(UJ_BPF_FILTER_SZ_STRICT == IO_URING_BPF_FILTER_SZ_STRICT, "filter flags");
_Static_assert(sizeof(struct uj_task_restriction_header) == sizeof(struct io_uring_task_restriction),
               "struct io_uring_task_restriction");
#endif

#if __has_include(<linux/io_uring/query.h>)
#include <linux/io_uring/query.h>
_Static_assert(sizeof(struct uj_query_header) == sizeof(struct io_uring_query_hdr), "struct io_uring_query_hdr");
_Static_assert(offsetof(struct uj_query_header, result) == offsetof(struct io_uring_query_hdr, result),
               "struct io_uring_query_hdr");
_Static_assert(offsetof(struct uj_query_opcodes, sqe_flags) == offsetof(struct io_uring_query_opcode, sqe_flags),
               "struct io_uring_query_opcode");
#endif
