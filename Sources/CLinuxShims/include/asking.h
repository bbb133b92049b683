/*
 * Questions that a launch asks the kernel about what it has done, and the calls that they are about. As in
 * CLinuxShims.h, every function makes one system call and returns its result, or the negated errno.
 *
 * A seccomp filter in front of this process may answer a call without making it. It sees the six words of the call and
 * where the call comes from, and it has no memory: what it says to one call, it says to every call with the same words.
 * So calls that must be told from such an answer have the same words as their question: the words that a call does not
 * use are zero, and arguments in memory are always at the same address. docs/design/0016-asking-back.md has the rest.
 */
#ifndef CLINUXSHIMS_ASKING_H
#define CLINUXSHIMS_ASKING_H

#include <stddef.h>
#include <stdint.h>

/*
 * The one place of this thread for arguments of io_uring_register(2) that act on the task: UJ_REGISTER_ARGUMENT_SIZE
 * bytes, aligned for every structure; NULL if there is no memory.
 */
#define UJ_REGISTER_ARGUMENT_SIZE 8448
void *uj_register_argument(void);

/* io_uring_enter(2) that submits nothing and waits for nothing: 0 for a ring, or the negated errno. */
int uj_io_uring_enter_nothing(int fd);

/* io_uring_setup(2) without parameters, which makes no ring: the negated errno. */
int uj_io_uring_setup_nothing(void);

/* fcntl(F_GETFD): 1 if execve closes the descriptor, 0 if not, or the negated errno. */
int uj_is_close_on_exec(int fd);

/* fcntl(F_SETFD) without FD_CLOEXEC: 0, or the negated errno. */
int uj_keep_on_exec(int fd);

/* fcntl(F_DUPFD): the lowest free descriptor that is at least the given number, or the negated errno. */
int uj_duplicate(int fd, int lowest);

/*
 * seccomp(2) with SECCOMP_SET_MODE_FILTER and the words of uj_seccomp_filter, but with a program of no instructions:
 * the negated errno.
 */
int uj_seccomp_nothing(void);

/* execve(2) of nothing, with no marker: the negated errno. */
int uj_execve_nothing(void);

#endif
