/*
 * Counts the page faults of a launcher until it executes its target.
 *
 * Usage: count-faults ROUNDS COMMAND [ARGUMENT...]
 *
 * One line per start: the page faults that needed no input, from the launcher's first instruction to its own execve(2).
 * The target is killed before its first instruction. What execve(2) itself touches of the new stack is counted: a page
 * or two. Ends with 1 if a command cannot be started, or ends before it executes another program.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what, const char *why) {
  fprintf(stderr, "count-faults: %s: %s\n", what, why);
  exit(1);
}

/* Field 10 of proc_pid_stat(5). The second one is a name in parentheses, which may contain anything. */
static unsigned long faults(pid_t process) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", process);
  FILE *file = fopen(path, "r");
  if (file == NULL) fail(path, strerror(errno));
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = '\0';
  unsigned long count;
  char *behind_name = strrchr(text, ')');
  if (behind_name == NULL || sscanf(behind_name + 1, " %*c %*d %*d %*d %*d %*d %*u %lu", &count) != 1)
    fail(path, "not as proc_pid_stat(5) says");
  return count;
}

/* Lets the process go on until it has executed a program. Signals on the way reach it. */
static void until_execution(pid_t process, const char *command) {
  int status, signal = 0;
  for (;;) {
    if (ptrace(PTRACE_CONT, process, NULL, (void *)(long)signal) != 0) fail("ptrace", strerror(errno));
    if (waitpid(process, &status, 0) != process) fail("waitpid", strerror(errno));
    if (!WIFSTOPPED(status)) {
      fprintf(stderr, "count-faults: %s: ended with wait status 0x%x, and executed nothing\n", command, status);
      exit(1);
    }
    if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXEC << 8))) return;
    signal = WSTOPSIG(status);
  }
}

static unsigned long start(char *const command[]) {
  int status;
  pid_t child = fork();
  if (child < 0) fail("fork", strerror(errno));
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) fail("ptrace", strerror(errno));
    raise(SIGSTOP);
    execv(command[0], command);
    fail(command[0], strerror(errno));
  }
  if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) fail("waitpid", "the child did not stop");
  if (ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(long)(PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)) != 0)
    fail("ptrace", strerror(errno));
  until_execution(child, command[0]);
  unsigned long before = faults(child);
  until_execution(child, command[0]);
  unsigned long after = faults(child);
  if (kill(child, SIGKILL) != 0 || waitpid(child, &status, 0) != child) fail("kill", strerror(errno));
  return after - before;
}

int main(int count, char *arguments[]) {
  int rounds = count > 2 ? atoi(arguments[1]) : 0;
  if (rounds < 1) fail("usage", "count-faults ROUNDS COMMAND [ARGUMENT...]");
  for (int round = 0; round < rounds; round++) printf("%lu\n", start(&arguments[2]));
  if (fflush(stdout) != 0) fail("standard output", strerror(errno));
  return 0;
}
