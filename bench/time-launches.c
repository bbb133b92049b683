/*
 * Starts commands in turn, again and again, and prints what each start took from the fork to the end of the process.
 *
 * Usage: time-launches ROUNDS COMMAND [ARGUMENT...] [::: COMMAND [ARGUMENT...]]...
 *
 * One line per start: the command's number from 0, nanoseconds, page faults that needed no input, and the largest
 * resident set in KiB. The kernel carries that maximum over execve(2), so it is the larger one of the launcher's and
 * its target's; and because the child of vfork(2) borrows this program's memory, it is never less than that of this
 * program, which is therefore linked statically and small. Ends with 1 as soon as a command cannot be started or does
 * not exit with 0.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_COMMANDS = 16, WARM_UP_ROUNDS = 10 };

static void fail(const char *what, const char *why) {
  fprintf(stderr, "time-launches: %s: %s\n", what, why);
  exit(1);
}

static long long now(void) {
  struct timespec time;
  if (clock_gettime(CLOCK_MONOTONIC, &time) != 0) fail("clock_gettime", strerror(errno));
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void stay_on_this_cpu(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(sched_getcpu(), &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) fail("sched_setaffinity", strerror(errno));
}

static long long start(char *const command[], struct rusage *usage) {
  int status;
  long long before = now();
  pid_t child = vfork();
  if (child == 0) {
    execv(command[0], command);
    _exit(127);
  }
  if (child < 0) fail("vfork", strerror(errno));
  if (wait4(child, &status, 0, usage) != child) fail("wait4", strerror(errno));
  long long after = now();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fprintf(stderr, "time-launches: %s: ended with wait status 0x%x, not with 0\n", command[0], status);
    exit(1);
  }
  return after - before;
}

int main(int count, char *arguments[]) {
  char **commands[MOST_COMMANDS];
  int command_count = 0;
  int rounds = count > 2 ? atoi(arguments[1]) : 0;
  if (rounds < 1) fail("usage", "time-launches ROUNDS COMMAND [ARGUMENT...] [::: COMMAND...]");
  commands[command_count++] = &arguments[2];
  for (int i = 3; i < count; i++) {
    if (strcmp(arguments[i], ":::") != 0) continue;
    arguments[i] = NULL;
    if (i + 1 == count || command_count == MOST_COMMANDS) fail("usage", "no command behind ':::', or too many");
    commands[command_count++] = &arguments[i + 1];
  }

  stay_on_this_cpu();
  for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (int i = 0; i < command_count; i++) {
      struct rusage usage;
      long long nanoseconds = start(commands[i], &usage);
      if (round >= 0) printf("%d %lld %ld %ld\n", i, nanoseconds, usage.ru_minflt, usage.ru_maxrss);
    }
  }
  if (fflush(stdout) != 0) fail("standard output", strerror(errno));
  return 0;
}
