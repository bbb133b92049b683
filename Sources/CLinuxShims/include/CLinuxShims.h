/*
 * The kernel's structures and variadic system calls, in a form that Swift can use.
 *
 * Nothing here decides, allocates or interprets an error: every function makes exactly one system call
 * and returns its result, or the negated errno. What is no system call has a header of its own, beside this one:
 * progress.h and revision.h.
 *
 * The structures are declared here and not taken from <linux/io_uring.h>, because the headers of a
 * release that can build this program may be years older than the kernel it runs on. layout.c holds
 * them against the kernel's binary interface, and against the installed headers where those know them.
 */
#ifndef CLINUXSHIMS_H
#define CLINUXSHIMS_H

#include <stddef.h>
#include <stdint.h>

#include "asking.h"
#include "open_constants.h"
#include "progress.h"
#include "revision.h"
#include "tracing.h"

/* include/uapi/linux/io_uring.h: struct io_uring_restriction, 16 bytes. */
struct uj_restriction {
  uint16_t opcode; /* UJ_RESTRICTION_* */
  uint8_t value;   /* register opcode, request opcode or SQE flags */
  uint8_t resv;
  uint32_t resv2[3];
};

#define UJ_RESTRICTION_REGISTER_OP 0
#define UJ_RESTRICTION_SQE_OP 1
#define UJ_RESTRICTION_SQE_FLAGS_ALLOWED 2
#define UJ_RESTRICTION_SQE_FLAGS_REQUIRED 3

/* include/uapi/linux/io_uring.h (7.0): struct io_uring_task_restriction; the restrictions follow it. */
struct uj_task_restriction_header {
  uint16_t flags;
  uint16_t nr_res;
  uint32_t resv[3];
};

/* include/uapi/linux/io_uring/bpf_filter.h (7.0): struct io_uring_bpf with its one command inlined. */
struct uj_bpf_filter {
  uint16_t cmd_type; /* UJ_BPF_CMD_FILTER */
  uint16_t cmd_flags;
  uint32_t resv;
  uint32_t opcode;     /* request opcode the program is attached to */
  uint32_t flags;      /* UJ_BPF_FILTER_* */
  uint32_t filter_len; /* instructions */
  uint8_t pdu_size;    /* bytes of operation data the program expects */
  uint8_t resv1[3];
  uint64_t filter_ptr; /* struct sock_filter[filter_len] */
  uint64_t resv2[5];
};

#define UJ_BPF_CMD_FILTER 1
#define UJ_BPF_FILTER_DENY_REST 1
#define UJ_BPF_FILTER_SZ_STRICT 2

/* include/uapi/linux/filter.h: struct sock_filter, 8 bytes. */
struct uj_sock_filter {
  uint16_t code;
  uint8_t jt;
  uint8_t jf;
  uint32_t k;
};

/* include/uapi/linux/io_uring/query.h (6.18): struct io_uring_query_hdr. */
struct uj_query_header {
  uint64_t next_entry;
  uint64_t query_data; /* user pointer to the answer */
  uint32_t query_op;   /* UJ_QUERY_OPCODES */
  uint32_t size;       /* bytes the answer may take; the kernel writes back what it used */
  int32_t result;      /* 0 or a negated errno */
  uint32_t resv[3];
};

/* include/uapi/linux/io_uring/query.h (6.18): struct io_uring_query_opcode. */
struct uj_query_opcodes {
  uint32_t nr_request_opcodes;
  uint32_t nr_register_opcodes;
  uint64_t feature_flags;
  uint64_t ring_setup_flags;
  uint64_t enter_flags;
  uint64_t sqe_flags;
  uint32_t nr_query_opcodes;
  uint32_t pad;
};

#define UJ_QUERY_OPCODES 0

/* io_uring_register(2): the result, or the negated errno. */
int uj_io_uring_register(int fd, unsigned opcode, void *argument, unsigned count);

/* io_uring_setup(2) with one entry and no flags, for probes in a forked child: a descriptor, or the negated errno. */
int uj_io_uring_setup_minimal(void);

/* Where in its shared memory a ring keeps what is needed to submit one request and read its completion, in bytes. */
struct uj_ring_layout {
  uint32_t sq_tail, sq_array;     /* from IORING_OFF_SQ_RING */
  uint32_t cq_head, cq_tail, cqes; /* from IORING_OFF_CQ_RING */
};

#define UJ_OFF_SQ_RING 0
#define UJ_OFF_CQ_RING 0x8000000
#define UJ_OFF_SQES 0x10000000
#define UJ_SETUP_R_DISABLED (1U << 6)

/* io_uring_setup(2) with one entry: a descriptor, and where things are; or the negated errno. */
int uj_io_uring_setup(unsigned flags, struct uj_ring_layout *layout);

/* io_uring_enter(2) that submits one entry and waits for one completion: entries submitted, or the negated errno. */
int uj_io_uring_enter_one(int fd);

/* prctl(PR_GET_NO_NEW_PRIVS): 0 or 1, or the negated errno. */
int uj_get_no_new_privs(void);

/* prctl(PR_SET_NO_NEW_PRIVS): 0, or the negated errno. */
int uj_set_no_new_privs(void);

// ioctl(TIOCGWINSZ): the columns of a terminal; 0 if the descriptor is none, or does not know.
int uj_terminal_columns(int fd);

// open(2) for writing, close-on-exec: a new file with mode 0666 less the umask, or an existing one as it is.
int uj_create_file(const char *path);
int uj_open_write_only(const char *path);

/* open(2) read-only and close-on-exec, without becoming a controlling terminal: a descriptor, or the negated errno. */
int uj_open_read_only(const char *path, int extra_flags);

/* openat(2) with O_PATH, close-on-exec: a descriptor, or the negated errno. */
int uj_open_path(int folder, const char *path, int extra_flags);

/*
 * getcwd(2): bytes filled with the path and its NUL, or the negated errno. Not the C library's function of that name,
 * which searches by other calls where the kernel has no path to give.
 */
long uj_getcwd(char *buffer, size_t size);

/* fstatfs(2): the number of the kind of file system, by the pointer; 0, or the negated errno. */
int uj_file_system_type(int fd, uint32_t *type);

/* fstatfs(2): 1 if the mount that the file was reached by is read-only, else 0; or the negated errno. */
int uj_is_on_read_only_mount(int fd);

/* include/uapi/linux/magic.h: that of procfs, and that of what has no name, rings included. */
#define UJ_PROC_SUPER_MAGIC 0x9fa0
#define UJ_ANON_INODE_FS_MAGIC 0x09041934

/* getresuid(2): the three users of this process, by the pointers; 0, or the negated errno. */
int uj_getresuid(uint32_t *real, uint32_t *effective, uint32_t *saved);

/* getresgid(2): the same for groups. */
int uj_getresgid(uint32_t *real, uint32_t *effective, uint32_t *saved);

/* getauxval(AT_SECURE): 1 if execve(2) gave this process rights that its caller lacks, else 0. Makes no call. */
int uj_is_secure_execution(void);

/* getdents64(2): bytes filled, 0 at the end, or the negated errno. */
long uj_getdents64(int fd, void *buffer, size_t size);

/* The C name of an error number, such as "EACCES", and the C library's words for it; NULL for unknown numbers. */
const char *uj_errno_name(int number);
const char *uj_errno_meaning(int number);

/* fork(2): 0 in the child, the child's process id in the parent, or the negated errno. */
int uj_fork(void);

/*
 * clone(2) as fork(2), but that the end of the child sends no signal: 0 in the child, the child's process id in the
 * parent, or the negated errno. For a process with one thread.
 */
int uj_fork_quietly(void);

/*
 * waitpid(2), also for children that send no signal: the exit status or 128 plus the signal; UJ_NO_PROCESS if the answer
 * is about no child; or the negated errno.
 */
#define UJ_NO_PROCESS 0x10000
int uj_wait(int pid);

/* signal(2): SIGCHLD gets its default disposition. 1 if it was ignored before, 0 if not, or the negated errno. */
int uj_notice_children(void);

/* signal(2): SIGCHLD is ignored. 0, or the negated errno. */
int uj_ignore_children(void);

/*
 * execve(2) with two words behind its three arguments that the kernel does not look at: does not return on success;
 * the negated errno otherwise, or 0 if something answered in the kernel's place.
 */
int uj_execve(const char *path, char *const argv[], char *const envp[], uint64_t fifth, uint64_t sixth);

/* execve(2) of this very program, with one argument and no environment: the same. */
int uj_execve_self(const char *argument);

/* close_range(2) with CLOSE_RANGE_CLOEXEC: 0, or the negated errno. */
int uj_close_range_on_exec(unsigned first, unsigned last);

/* fcntl(F_SETFD) with FD_CLOEXEC: 0, or the negated errno. */
int uj_close_on_exec(int fd);

/* seccomp(2) with SECCOMP_SET_MODE_FILTER, always with the same words: 0, or the negated errno. */
int uj_seccomp_filter(const struct uj_sock_filter *instructions, uint16_t count);

/*
 * write(2) whose SIGPIPE, if it raises one, is taken back: bytes written, or the negated errno. Mask and dispositions
 * of signals are afterwards what they were, which is why this needs more than one system call. For a process with one
 * thread.
 */
long uj_write(int fd, const void *bytes, size_t size);

/* getrandom(2): bytes filled, or the negated errno. */
long uj_getrandom(void *buffer, size_t size);

/* open(2) for writing a file that must not exist yet, close-on-exec, mode 0644: a descriptor, or the negated errno. */
int uj_create(const char *path);

#endif
