#define _GNU_SOURCE
#include "asking.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CLinuxShims.h"

#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif
#ifndef SYS_io_uring_enter
#define SYS_io_uring_enter 426
#endif

void *uj_register_argument(void) {
  static _Thread_local void *argument;
  if (argument == NULL) argument = calloc(1, UJ_REGISTER_ARGUMENT_SIZE);
  return argument;
}

int uj_io_uring_enter_nothing(int fd) {
  long result = syscall(SYS_io_uring_enter, fd, 0UL, 0UL, 0UL, 0UL, 0UL);
  return result < 0 ? -errno : (int)result;
}

int uj_io_uring_setup_nothing(void) {
  long result = syscall(SYS_io_uring_setup, 0UL, 0UL, 0UL, 0UL, 0UL, 0UL);
  return result < 0 ? -errno : (int)result;
}

int uj_is_close_on_exec(int fd) {
  int flags = fcntl(fd, F_GETFD);
  return flags < 0 ? -errno : (flags & FD_CLOEXEC);
}

int uj_keep_on_exec(int fd) { return fcntl(fd, F_SETFD, 0) < 0 ? -errno : 0; }

int uj_duplicate(int fd, int lowest) {
  int result = fcntl(fd, F_DUPFD, lowest);
  return result < 0 ? -errno : result;
}

int uj_seccomp_nothing(void) { return uj_seccomp_filter(NULL, 0); }

int uj_execve_nothing(void) {
  long result = syscall(SYS_execve, 0UL, 0UL, 0UL, 0UL, 0UL, 0UL);
  return result < 0 ? -errno : (int)result;
}
