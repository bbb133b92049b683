#include "escapes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const char *trick_name = "?";

static char steps[16384], attempts[16384];
static bool escaped;

static void add(char *list, size_t size, const char *what, int result) {
  size_t used = strlen(list);
  int length = snprintf(list + used, size - used, "%s{\"what\":\"%s\",\"result\":%d}", used ? "," : "", what, result);
  if (length < 0 || (size_t)length >= size - used) broken("the report is too long");
}

void step(const char *what, int result) { add(steps, sizeof steps, what, result); }

void attempt(const char *what, int result) {
  if (result >= 0) escaped = true;
  add(attempts, sizeof attempts, what, result);
}

void finish(void) {
  printf("{\"trick\":\"%s\",\"escaped\":%s,\"attempts\":[%s],\"steps\":[%s]}\n", trick_name, escaped ? "true" : "false",
         attempts, steps);
  fflush(stdout);
  _exit(0);
}

void broken(const char *what) {
  fprintf(stderr, "uring-escapes: %s: %s: %s\n", trick_name, what, strerror(errno));
  _exit(2);
}

void become(char **command) {
  execvp(command[0], command);
  broken(command[0]);
}

void become_trick(const char *trick) {
  become((char *[]){"/proc/self/exe", (char *)trick, NULL});
}

int in_child(int (*body)(void)) {
  int status, results[2];
  if (pipe(results) < 0) broken("pipe");
  pid_t child = fork();
  if (child == 0) {
    int result = body();
    _exit(write(results[1], &result, sizeof result) == sizeof result ? 0 : 1);
  }
  if (child < 0 || waitpid(child, &status, 0) < 0) broken("fork");
  close(results[1]);
  int result;
  if (read(results[0], &result, sizeof result) != sizeof result) result = -ECHILD;
  close(results[0]);
  return result;
}

char **command_of(char **arguments) {
  while (*arguments && strcmp(*arguments, "--") != 0) arguments++;
  if (!arguments[0] || !arguments[1]) broken("there is no command behind --");
  return arguments + 1;
}
