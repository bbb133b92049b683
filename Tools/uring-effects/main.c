#include "effects.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct io_uring ring;

void broken(const char *what) {
  fprintf(stderr, "uring-effects: %s: %s\n", what, strerror(errno));
  exit(2);
}

struct io_uring_sqe *entry(uint8_t opcode) {
  struct io_uring_sqe *next = io_uring_get_sqe(&ring);
  if (!next) broken("the ring is full");
  memset(next, 0, sizeof *next);
  next->opcode = opcode;
  return next;
}

int result_of_one(void) {
  struct io_uring_cqe *completion;
  int result = io_uring_submit_and_wait(&ring, 1);
  if (result >= 0) result = io_uring_wait_cqe(&ring, &completion);
  if (result < 0) {
    errno = -result;
    broken("io_uring_enter");
  }
  result = completion->res;
  io_uring_cqe_seen(&ring, completion);
  return result;
}

static const struct {
  const char *name;
  void (*run)(char **arguments);
} commands[] = {{"sockets", make_sockets}, {"opens", make_opens}, {"peers", make_connections}};

int main(int count, char **arguments) {
  if (count > 1 && strcmp(arguments[1], "in-network") == 0) enter_network(arguments + 2);
  for (size_t index = 0; count > 1 && index < sizeof commands / sizeof *commands; index++) {
    if (strcmp(commands[index].name, arguments[1])) continue;
    int result = io_uring_queue_init(256, &ring, IORING_SETUP_SUBMIT_ALL);
    if (result < 0) {
      errno = -result;
      broken("io_uring_setup");
    }
    commands[index].run(arguments + 2);
    return fflush(stdout) ? 2 : 0;
  }
  fputs("usage: uring-effects sockets [TYPE-FLAGS] | opens FOLDER | peers | in-network -- COMMAND...\n", stderr);
  return 64;
}
