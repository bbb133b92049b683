/* Ways to submit: by another thread, late, in company, again and again, and while the entry is being changed. */
#include "escapes.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void sqpoll(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, IORING_SETUP_SQPOLL);
  attempt_on(&ring, "openat");
  usleep(200000); /* the kernel's thread goes to sleep, and is woken up */
  attempt_on(&ring, "openat after a sleep");
}

static void with_flags(uint8_t flags, const char *what) {
  struct ring ring;
  ring_need(&ring, 0);
  forbidden(&ring)->flags = flags;
  attempt(what, ring_do(&ring));
}

static void asynchronous(char **arguments) {
  (void)arguments;
  with_flags(IOSQE_ASYNC, "openat");
  with_flags(IOSQE_ASYNC | IOSQE_IO_DRAIN, "drained openat");
}

/* A request that waits for others: `first` and `last` are the flags of the entries around it. */
static void in_company(uint8_t first, uint8_t middle, const char *what) {
  struct ring ring;
  struct io_uring_cqe completion;
  ring_need(&ring, IORING_SETUP_SUBMIT_ALL);
  ring_entry(&ring, IORING_OP_NOP)->flags = first;
  struct io_uring_sqe *entry = forbidden(&ring);
  entry->flags = middle;
  entry->user_data = 1;
  int result = ring_submit(&ring);
  for (int index = 0; result >= 0 && index < 2; index++) {
    int ended = ring_next(&ring, &completion);
    if (ended == -ETIME || completion.user_data == 1) result = ended;
  }
  attempt(what, result);
}

static void linked(char **arguments) {
  (void)arguments;
  in_company(IOSQE_IO_LINK, 0, "linked openat");
  in_company(IOSQE_IO_HARDLINK, 0, "hard-linked openat");
  in_company(IOSQE_IO_HARDLINK | IOSQE_ASYNC, IOSQE_ASYNC, "hard-linked asynchronous openat");
}

static void drained(char **arguments) {
  (void)arguments;
  in_company(0, IOSQE_IO_DRAIN, "drained openat");
  in_company(IOSQE_ASYNC, IOSQE_IO_DRAIN, "drained openat behind an asynchronous request");
}

static void accept_multishot(char **arguments) {
  (void)arguments;
  struct ring ring;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0), peer = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0 || peer < 0 || bind(listener, (void *)&address, length) < 0 || listen(listener, 8) < 0 ||
      getsockname(listener, (void *)&address, &length) < 0)
    broken("listen");
  ring_need(&ring, 0);
  struct io_uring_sqe *entry = ring_entry(&ring, IORING_OP_ACCEPT);
  entry->fd = listener;
  entry->ioprio = IORING_ACCEPT_MULTISHOT;
  step("submit", ring_submit(&ring));
  if (connect(peer, (void *)&address, length) < 0) broken("connect");
  attempt("accept", ring_next(&ring, NULL));
}

static void read_multishot(char **arguments) {
  (void)arguments;
  struct ring ring;
  static char buffers[4][64];
  int pipes[2];
  ring_need(&ring, 0);
  if (pipe(pipes) < 0 || write(pipes[1], "secret", 6) != 6) broken("pipe");
  struct io_uring_sqe *entry = ring_entry(&ring, IORING_OP_PROVIDE_BUFFERS);
  entry->fd = 4;
  entry->addr = (uintptr_t)buffers;
  entry->len = 64;
  entry->buf_group = 1;
  step("provide_buffers", ring_do(&ring));
  entry = ring_entry(&ring, OP_READ_MULTISHOT);
  entry->fd = pipes[0];
  entry->flags = IOSQE_BUFFER_SELECT;
  entry->buf_group = 1;
  attempt("read_multishot", ring_do(&ring));
}

static void poll_multishot(char **arguments) {
  (void)arguments;
  struct ring ring;
  int pipes[2];
  ring_need(&ring, 0);
  if (pipe(pipes) < 0 || write(pipes[1], "x", 1) != 1) broken("pipe");
  struct io_uring_sqe *entry = ring_entry(&ring, IORING_OP_POLL_ADD);
  entry->fd = pipes[0];
  entry->poll32_events = 1;
  entry->len = IORING_POLL_ADD_MULTI;
  attempt("poll_add", ring_do(&ring));
}

/* A thread changes one byte or word in turn, while the main thread submits. */
static volatile bool racing = true;
static struct {
  volatile uint8_t *byte, byte_a, byte_b;
  volatile uint64_t *word, word_a, word_b;
} change;
/* Long enough for the other side to see a value, whatever the machine makes of two stores one after the other. */
static void dwell(void) {
  for (volatile int spins = 0; spins < 64; spins++) continue;
}
static void *changer(void *unused) {
  while (racing) {
    if (change.byte) *change.byte = change.byte_b;
    if (change.word) *change.word = change.word_b;
    dwell();
    if (change.byte) *change.byte = change.byte_a;
    if (change.word) *change.word = change.word_a;
    dwell();
  }
  return unused;
}
static pthread_t start_changer(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, changer, NULL) != 0) broken("pthread_create");
  return thread;
}
static int rounds(char **arguments) { return arguments[0] ? atoi(arguments[0]) : 20000; }

/* racing-opcode [ROUNDS]: the entry says nop, and for a moment openat. */
static void racing_opcode(char **arguments) {
  struct ring ring;
  int opened = -EACCES, count = rounds(arguments);
  ring_need(&ring, 0);
  change.byte = &forbidden(&ring)->opcode;
  change.byte_a = IORING_OP_NOP, change.byte_b = IORING_OP_OPENAT;
  ring.sqes[0].open_flags = 0;
  ring.queued = 0;
  pthread_t thread = start_changer();
  for (int round = 0; round < count && opened < 0; round++) {
    /* Always the same entry, which nothing but the other thread writes to. */
    ring.sq_array[(*ring.sq_tail) & *ring.sq_mask] = 0;
    ring.queued = 1;
    int result = ring_do(&ring);
    if (result > 0) opened = result;
  }
  racing = false;
  pthread_join(thread, NULL);
  attempt("openat", opened);
}

/* racing-open-how [ROUNDS]: the flags of openat2 are read-only, and for a moment read-write. */
static void racing_open_how(char **arguments) {
  static struct {
    uint64_t flags, mode, resolve;
  } how;
  static const char path[] = "/tmp";
  char file[] = "/tmp/uring-escapes.XXXXXX";
  struct ring ring;
  int opened = -EACCES, count = rounds(arguments), own = mkstemp(file);
  if (own < 0) broken(path);
  ring_need(&ring, 0);
  change.word = &how.flags;
  change.word_a = O_RDONLY, change.word_b = O_RDWR;
  pthread_t thread = start_changer();
  for (int round = 0; round < count && opened < 0; round++) {
    struct io_uring_sqe *entry = ring_entry(&ring, IORING_OP_OPENAT2);
    entry->fd = AT_FDCWD;
    entry->addr = (uintptr_t)file;
    entry->len = sizeof how;
    entry->off = (uintptr_t)&how;
    int fd = ring_do(&ring);
    if (fd < 0) continue;
    if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR) opened = fd;
    close(fd);
  }
  racing = false;
  pthread_join(thread, NULL);
  unlink(file);
  attempt("openat2 for writing", opened);
}

const struct trick submission_tricks[] = {
    {"sqpoll", sqpoll},
    {"async", asynchronous},
    {"linked", linked},
    {"drained", drained},
    {"accept-multishot", accept_multishot},
    {"read-multishot", read_multishot},
    {"poll-multishot", poll_multishot},
    {"racing-opcode", racing_opcode},
    {"racing-open-how", racing_open_how},
    {NULL, NULL},
};
