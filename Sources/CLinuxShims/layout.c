/*
 * Holds the structures of CLinuxShims.h against the kernel's binary interface at compile time: absolute
 * offsets and sizes always, the installed kernel headers as well where they are new enough.
 */
#include "CLinuxShims.h"

#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/magic.h>
#include <stddef.h>

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
