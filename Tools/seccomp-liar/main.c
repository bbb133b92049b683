/*
 * Not installed: answers system calls in the kernel's place, for the tests of a launcher that must not believe it.
 *
 *   seccomp-liar CALL[,INDEX=VALUE]...:ERROR... -- COMMAND [ARGUMENT...]
 *
 * Installs a seccomp filter and executes the command, a path. CALL is a name of the list below or a number. A call whose
 * arguments are the given ones fails with ERROR, a number, and is not made; with 0 it "succeeds". The execution of the
 * command itself always gets through.
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* In the fourth argument of execve(2), which has three. */
#define OWN_EXECUTION 0x11a7

extern char **environ;

static const struct {
  const char *name;
  int number;
} calls[] = {
    {"brk", SYS_brk},
    {"capget", SYS_capget},
    {"capset", SYS_capset},
    {"clone", SYS_clone},
    {"close", SYS_close},
    {"close_range", SYS_close_range},
    {"execve", SYS_execve},
    {"fcntl", SYS_fcntl},
    {"fstat", SYS_fstat},
    {"fstatfs", SYS_fstatfs},
    {"getcwd", SYS_getcwd},
    {"getdents64", SYS_getdents64},
    {"getpid", SYS_getpid},
    {"getrandom", SYS_getrandom},
    {"getresgid", SYS_getresgid},
    {"getresuid", SYS_getresuid},
    {"gettid", SYS_gettid},
    {"io_uring_enter", 426},
    {"io_uring_register", 427},
    {"io_uring_setup", 425},
    {"madvise", SYS_madvise},
    {"mmap", SYS_mmap},
    {"mprotect", SYS_mprotect},
    {"munmap", SYS_munmap},
    {"newfstatat", SYS_newfstatat},
    {"openat", SYS_openat},
    {"prctl", SYS_prctl},
    {"prlimit64", SYS_prlimit64},
    {"read", SYS_read},
    {"readlinkat", SYS_readlinkat},
    {"rseq", SYS_rseq},
    {"rt_sigaction", SYS_rt_sigaction},
    {"rt_sigprocmask", SYS_rt_sigprocmask},
    {"seccomp", SYS_seccomp},
    {"set_robust_list", SYS_set_robust_list},
    {"set_tid_address", SYS_set_tid_address},
    {"uname", SYS_uname},
    {"wait4", SYS_wait4},
    {"write", SYS_write},
#ifdef SYS_arch_prctl
    {"arch_prctl", SYS_arch_prctl},
#endif
#ifdef SYS_open
    {"open", SYS_open},
#endif
#ifdef SYS_readlink
    {"readlink", SYS_readlink},
#endif
};

static struct sock_filter program[1024];
static unsigned length;

static void add(unsigned short code, unsigned char jt, unsigned char jf, unsigned k) {
  if (length == sizeof program / sizeof *program) exit(64);
  program[length++] = (struct sock_filter){code, jt, jf, k};
}

/* Goes on only if a word of the call is that one; the distance to the next rule is filled in later. */
static void require(size_t offset, unsigned value) {
  add(BPF_LD | BPF_W | BPF_ABS, 0, 0, (unsigned)offset);
  add(BPF_JMP | BPF_JEQ | BPF_K, 0, 0xff, value);
}

static void require_argument(unsigned long index, unsigned long value) {
  if (index > 5) exit(64);
  size_t offset = offsetof(struct seccomp_data, args) + index * 8;
  require(offset, (unsigned)value);
  require(offset + 4, (unsigned)(value >> 32));
}

static int number_of(const char *name) {
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
    if (strcmp(calls[i].name, name) == 0) return calls[i].number;
  char *end;
  long number = strtol(name, &end, 0);
  if (*name == 0 || *end != 0) {
    fprintf(stderr, "seccomp-liar: unknown call '%s'\n", name);
    exit(64);
  }
  return (int)number;
}

static void add_rule(char *text) {
  char *error = strrchr(text, ':');
  if (!error) exit(64);
  *error++ = 0;
  unsigned start = length;
  char *part = strtok(text, ",");
  if (!part) exit(64);
  require(offsetof(struct seccomp_data, nr), (unsigned)number_of(part));
  while ((part = strtok(NULL, ",")) != NULL) {
    char *value = strchr(part, '=');
    if (!value) exit(64);
    *value++ = 0;
    require_argument(strtoul(part, NULL, 0), strtoul(value, NULL, 0));
  }
  add(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | (unsigned)strtoul(error, NULL, 0));
  for (unsigned i = start; i < length; i++)
    if (program[i].jf == 0xff) program[i].jf = (unsigned char)(length - i - 1);
}

int main(int count, char **arguments) {
  int index = 1;
  require(offsetof(struct seccomp_data, nr), SYS_execve);
  require_argument(3, OWN_EXECUTION);
  add(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
  for (unsigned i = 0; i < length; i++)
    if (program[i].jf == 0xff) program[i].jf = (unsigned char)(length - i - 1);
  for (; index < count && strcmp(arguments[index], "--") != 0; index++) add_rule(arguments[index]);
  if (index + 1 >= count) return 64;
  add(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
  struct sock_fprog filter = {.len = (unsigned short)length, .filter = program};
  /* With the privilege, no_new_privs stays as it is, so that what a launcher does about it is seen. */
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) {
      perror("seccomp-liar: seccomp");
      return 1;
    }
  }
  syscall(SYS_execve, arguments[index + 1], arguments + index + 1, environ, OWN_EXECUTION, 0, 0);
  perror("seccomp-liar: execve");
  return 1;
}
