#define _GNU_SOURCE
#include "CLinuxShims.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* The same numbers on every architecture (include/uapi/asm-generic/unistd.h); older headers may lack them. */
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif
#ifndef SYS_io_uring_register
#define SYS_io_uring_register 427
#endif

int uj_io_uring_register(int fd, unsigned opcode, void *argument, unsigned count) {
  long result = syscall(SYS_io_uring_register, fd, opcode, argument, count);
  return result < 0 ? -errno : (int)result;
}

int uj_io_uring_setup_minimal(void) {
  struct io_uring_params parameters;
  memset(&parameters, 0, sizeof parameters);
  long result = syscall(SYS_io_uring_setup, 1, &parameters);
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

int uj_getresuid(uint32_t *real, uint32_t *effective, uint32_t *saved) {
  return getresuid(real, effective, saved) != 0 ? -errno : 0;
}

long uj_getdents64(int fd, void *buffer, size_t size) {
  long result = syscall(SYS_getdents64, fd, buffer, size);
  return result < 0 ? -errno : result;
}

int uj_execve(const char *path, char *const argv[], char *const envp[]) {
  execve(path, argv, envp);
  return -errno;
}

int uj_fork(void) {
  pid_t result = fork();
  return result < 0 ? -errno : result;
}

const char *uj_errno_name(int number) { return strerrorname_np(number); }

const char *uj_errno_meaning(int number) { return strerrordesc_np(number); }
