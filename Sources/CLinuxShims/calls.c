#define _GNU_SOURCE
#include "CLinuxShims.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

/* The same numbers on every architecture (include/uapi/asm-generic/unistd.h); older headers may lack them. */
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif
#ifndef SYS_io_uring_enter
#define SYS_io_uring_enter 426
#endif
#ifndef SYS_io_uring_register
#define SYS_io_uring_register 427
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* include/uapi/linux/close_range.h (5.11) */
#define CLOSE_ON_EXEC (1U << 2)

int uj_io_uring_register(int fd, unsigned opcode, void *argument, unsigned count) {
  long result = syscall(SYS_io_uring_register, fd, opcode, argument, count, 0UL, 0UL);
  return result < 0 ? -errno : (int)result;
}

int uj_io_uring_setup_minimal(void) {
  struct io_uring_params parameters;
  memset(&parameters, 0, sizeof parameters);
  long result = syscall(SYS_io_uring_setup, 1, &parameters);
  return result < 0 ? -errno : (int)result;
}

int uj_io_uring_setup(unsigned flags, struct uj_ring_layout *layout) {
  struct io_uring_params parameters;
  memset(&parameters, 0, sizeof parameters);
  parameters.flags = flags;
  long result = syscall(SYS_io_uring_setup, 1, &parameters);
  layout->sq_tail = parameters.sq_off.tail;
  layout->sq_array = parameters.sq_off.array;
  layout->cq_head = parameters.cq_off.head;
  layout->cq_tail = parameters.cq_off.tail;
  layout->cqes = parameters.cq_off.cqes;
  return result < 0 ? -errno : (int)result;
}

int uj_io_uring_enter_one(int fd) {
  long result = syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0);
  return result < 0 ? -errno : (int)result;
}

int uj_get_no_new_privs(void) {
  int result = prctl(PR_GET_NO_NEW_PRIVS, 0UL, 0UL, 0UL, 0UL);
  return result < 0 ? -errno : result;
}

int uj_set_no_new_privs(void) {
  int result = prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL);
  return result < 0 ? -errno : result;
}

int uj_open_read_only(const char *path, int extra_flags) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | extra_flags);
  return fd < 0 ? -errno : fd;
}

int uj_terminal_columns(int fd) {
  struct winsize size;
  return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int uj_create_file(const char *path) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666);
  return fd < 0 ? -errno : fd;
}

int uj_open_write_only(const char *path) {
  int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
  return fd < 0 ? -errno : fd;
}

int uj_open_path(int folder, const char *path, int extra_flags) {
  int fd = openat(folder, path, O_PATH | O_CLOEXEC | extra_flags);
  return fd < 0 ? -errno : fd;
}

long uj_getcwd(char *buffer, size_t size) {
  long result = syscall(SYS_getcwd, buffer, size);
  return result < 0 ? -errno : result;
}

int uj_file_system_type(int fd, uint32_t *type) {
  struct statfs status;
  if (fstatfs(fd, &status) != 0) return -errno;
  *type = (uint32_t)status.f_type;
  return 0;
}

int uj_is_on_read_only_mount(int fd) {
  struct statfs status = {0};
  if (fstatfs(fd, &status) != 0) return -errno;
  return (status.f_flags & ST_RDONLY) != 0;
}

int uj_getresuid(uint32_t *real, uint32_t *effective, uint32_t *saved) {
  return getresuid(real, effective, saved) != 0 ? -errno : 0;
}

int uj_getresgid(uint32_t *real, uint32_t *effective, uint32_t *saved) {
  return getresgid(real, effective, saved) != 0 ? -errno : 0;
}

int uj_is_secure_execution(void) { return getauxval(AT_SECURE) != 0; }

long uj_getdents64(int fd, void *buffer, size_t size) {
  long result = syscall(SYS_getdents64, fd, buffer, size);
  return result < 0 ? -errno : result;
}

int uj_execve(const char *path, char *const argv[], char *const envp[], uint64_t fifth, uint64_t sixth) {
  long result = syscall(SYS_execve, path, argv, envp, 0UL, fifth, sixth);
  return result < 0 ? -errno : 0;
}

int uj_execve_self(const char *argument) {
  char name[] = "uring-jail";
  char *const argv[] = {name, (char *)argument, NULL};
  char *const envp[] = {NULL};
  return execve("/proc/self/exe", argv, envp) < 0 ? -errno : 0;
}

int uj_fork(void) {
  pid_t result = fork();
  return result < 0 ? -errno : result;
}

int uj_fork_quietly(void) {
  long result = syscall(SYS_clone, 0UL, 0UL, 0UL, 0UL, 0UL);
  return result < 0 ? -errno : (int)result;
}

int uj_wait(int pid) {
  int status = 0;
  pid_t result = waitpid(pid, &status, __WALL);
  if (result < 0) return -errno;
  if (result != pid) return UJ_NO_PROCESS;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int uj_notice_children(void) {
  void (*before)(int) = signal(SIGCHLD, SIG_DFL);
  return before == SIG_ERR ? -errno : before == SIG_IGN;
}

int uj_ignore_children(void) { return signal(SIGCHLD, SIG_IGN) == SIG_ERR ? -errno : 0; }

long uj_write(int fd, const void *bytes, size_t size) {
  sigset_t pipe_only, mask, pending;
  sigemptyset(&pipe_only);
  sigaddset(&pipe_only, SIGPIPE);
  /* One that was pending before is not ours to take. */
  if (sigpending(&pending) != 0 || sigprocmask(SIG_BLOCK, &pipe_only, &mask) != 0) return -errno;
  ssize_t result = write(fd, bytes, size);
  int error = result < 0 ? errno : 0;
  if (error == EPIPE && !sigismember(&pending, SIGPIPE)) {
    const struct timespec at_once = {0};
    while (sigtimedwait(&pipe_only, NULL, &at_once) < 0 && errno == EINTR) {
    }
  }
  if (sigprocmask(SIG_SETMASK, &mask, NULL) != 0) return -errno;
  return error != 0 ? -error : result;
}

int uj_close_range_on_exec(unsigned first, unsigned last) {
  return syscall(SYS_close_range, first, last, CLOSE_ON_EXEC) != 0 ? -errno : 0;
}

int uj_close_on_exec(int fd) { return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0; }

int uj_seccomp_filter(const struct uj_sock_filter *instructions, uint16_t count) {
  /* The structures are the same: layout.c. */
  static struct sock_fprog program;
  program.len = count;
  program.filter = (struct sock_filter *)instructions;
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0UL, &program, 0UL, 0UL, 0UL) != 0 ? -errno : 0;
}

long uj_getrandom(void *buffer, size_t size) {
  ssize_t result = getrandom(buffer, size, 0);
  return result < 0 ? -errno : result;
}

int uj_create(const char *path) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  return fd < 0 ? -errno : fd;
}

const char *uj_errno_name(int number) { return strerrorname_np(number); }

const char *uj_errno_meaning(int number) { return strerrordesc_np(number); }
