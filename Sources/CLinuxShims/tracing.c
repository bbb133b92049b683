#define _GNU_SOURCE
#include "tracing.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int uj_remove_directory(const char *path) { return rmdir(path) != 0 ? -errno : 0; }

int uj_open_append(const char *path) {
  int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
  return fd < 0 ? -errno : fd;
}

int uj_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) != 0 ? -errno : 0; }

int uj_poll_readable(const int *descriptors, size_t count, int milliseconds) {
  struct pollfd entries[UJ_MOST_POLLED];
  if (count > UJ_MOST_POLLED) count = UJ_MOST_POLLED;
  for (size_t index = 0; index < count; index++) {
    entries[index].fd = descriptors[index];
    entries[index].events = POLLIN;
  }
  int result = poll(entries, count, milliseconds);
  return result < 0 ? -errno : result;
}

int uj_catch_endings(void) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0) return -errno;
  int fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  return fd < 0 ? -errno : fd;
}

int uj_next_signal(int descriptor) {
  struct signalfd_siginfo information;
  ssize_t result = read(descriptor, &information, sizeof information);
  if (result < 0) return errno == EAGAIN ? 0 : -errno;
  if (result != (ssize_t)sizeof information) return 0;
  /* Those that a terminal makes have reached the children as well. */
  int is_from_process = information.ssi_code <= 0;
  return (int)information.ssi_signo | (is_from_process ? UJ_SIGNAL_FROM_PROCESS : 0);
}

int uj_wait_briefly(int pid, int *status) {
  int raw;
  pid_t result = waitpid(pid, &raw, WNOHANG | __WALL);
  if (result < 0) return -errno;
  if (result == 0) return 0;
  *status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  return 1;
}

int uj_kill(int pid, int signal) { return kill(pid, signal) != 0 ? -errno : 0; }

static uint64_t nanoseconds(clockid_t clock) {
  struct timespec now = {0, 0};
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

uint64_t uj_monotonic_time(void) { return nanoseconds(CLOCK_MONOTONIC); }

uint64_t uj_real_time(void) { return nanoseconds(CLOCK_REALTIME); }

int uj_local_time_of_day(int64_t seconds) {
  time_t time = (time_t)seconds;
  struct tm parts;
  if (localtime_r(&time, &parts) == NULL) return (int)(seconds % 86400);
  return parts.tm_hour * 3600 + parts.tm_min * 60 + parts.tm_sec;
}
