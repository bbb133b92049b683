/*
 * Not installed: makes one system call by its number, for the tests that try to get around a filter.
 *
 *   syscall-client native|x32|i386 NUMBER [ARGUMENT...]
 *   syscall-client get-filter
 *   syscall-client jail
 *
 * An argument is a number, or s:TEXT for the address of a text. Prints the name of the error, or "success". get-filter
 * asks for the seccomp filter of a child (PTRACE_SECCOMP_GET_FILTER) and prints the same. jail prints, a line each, what
 * this process was left: how io_uring_setup(2) and execve(2) of nothing fail, no_new_privs, the capabilities that it
 * has and those that it can get, and the descriptors above 2.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PTRACE_SECCOMP_GET_FILTER
#define PTRACE_SECCOMP_GET_FILTER 0x420c
#endif

static int report(long result) {
  if (result >= 0) {
    puts("success");
    return 0;
  }
  const char *name = strerrorname_np((int)-result);
  puts(name ? name : "unknown");
  return 0;
}

/* Texts where 32 bits reach them. */
static unsigned long argument(const char *text) {
  if (strncmp(text, "s:", 2) != 0) return strtoull(text, NULL, 0);
  static char *next;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#ifdef MAP_32BIT
  flags |= MAP_32BIT;
#endif
  if (!next) next = mmap(NULL, 65536, PROT_READ | PROT_WRITE, flags, -1, 0);
  char *place = next;
  next = stpcpy(place, text + 2) + 1;
  return (unsigned long)place;
}

static int get_filter(void) {
  pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  long result = ptrace(PTRACE_SEIZE, child, 0, 0);
  if (result == 0) result = ptrace(PTRACE_INTERRUPT, child, 0, 0);
  if (result == 0) {
    waitpid(child, NULL, __WALL);
    result = ptrace(PTRACE_SECCOMP_GET_FILTER, child, 0, 0);
  }
  int error = errno;
  kill(child, SIGKILL);
  return report(result < 0 ? -error : result);
}

static int jail(void) {
  /* Those that this program was started with, and not what its start has left open: execve closes that. */
  printf("descriptors:");
  for (int fd = 3; fd < 64; fd++)
    if (fcntl(fd, F_GETFD) == 0) printf(" %d", fd);
  printf("\n");
  FILE *status = fopen("/proc/self/status", "r");
  char line[256];
  while (status && fgets(line, sizeof line, status))
    if (strncmp(line, "CapEff:", 7) == 0 || strncmp(line, "CapBnd:", 7) == 0) fputs(line, stdout);
  if (status) fclose(status);
  printf("NoNewPrivs: %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  printf("io_uring_setup: ");
  report(syscall(425, 0, NULL) < 0 ? -errno : 0);
  printf("execve: ");
  return report(syscall(SYS_execve, NULL, NULL, NULL) < 0 ? -errno : 0);
}

int main(int count, char **arguments) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (count == 2 && strcmp(arguments[1], "get-filter") == 0) return get_filter();
  if (count == 2 && strcmp(arguments[1], "jail") == 0) return jail();
  if (count < 3 || count > 9) return 64;
  unsigned long number = strtoul(arguments[2], NULL, 0);
  unsigned long a[6] = {0};
  for (int index = 3; index < count; index++) a[index - 3] = argument(arguments[index]);
#if defined(__x86_64__)
  if (strcmp(arguments[1], "i386") == 0) {
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4])
                     : "memory", "r8", "r9", "r10", "r11");
    return report((int)result);
  }
  if (strcmp(arguments[1], "x32") == 0) number |= 0x40000000;
#endif
  long result = syscall((long)number, a[0], a[1], a[2], a[3], a[4], a[5]);
  return report(result < 0 ? -errno : result);
}
