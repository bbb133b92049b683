/*
 * Makes io_uring requests in several processes that take turns, and prints what a request takes in each.
 *
 * Usage: time-requests ROUNDS REQUESTS WORKER [::: WORKER]...
 *        time-requests --worker
 *
 * WORKER is a command that ends up as "time-requests --worker": as it is, or behind a launcher. In every round each
 * worker makes REQUESTS requests of each kind, one worker after the other, 32 requests for each io_uring_enter(2). One
 * line per worker, kind and round: the worker's number from 0, the kind, nanoseconds for each request.
 *
 * nop; read, 64 bytes of a file in memory; openat2, a folder below the current one, read-only and beneath, and a
 * close(2); connect, a datagram socket to 127.0.0.1. Ends with 1 as soon as any request has another result than these.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <linux/openat2.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 32, MOST_WORKERS = 8, WARM_UP_ROUNDS = 2 };

static const char *const kinds[] = {"nop", "read", "openat2", "connect"};
enum { NOP, READ, OPENAT2, CONNECT, KINDS };

static void fail(const char *what, const char *why) {
  fprintf(stderr, "time-requests: %s: %s\n", what, why);
  exit(1);
}

static void check(const char *what, long result) {
  if (result < 0) fail(what, strerror(errno));
}

static long long now(void) {
  struct timespec time;
  check("clock_gettime", clock_gettime(CLOCK_MONOTONIC, &time));
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* --- Worker: reads "KIND REQUESTS" lines, answers each with nanoseconds. */

static struct {
  struct io_uring ring;
  int folder, file, socket;
  char buffer[64];
  struct open_how how;
  struct sockaddr_in peer;
} world;

static void prepare_world(void) {
  int result = io_uring_queue_init(BATCH, &world.ring, 0);
  if (result < 0) fail("io_uring_setup", strerror(-result));
  world.folder = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  check("open(/)", world.folder);
  world.file = memfd_create("file", MFD_CLOEXEC);
  check("memfd_create", world.file);
  check("write", write(world.file, world.buffer, sizeof world.buffer));
  world.socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  check("socket", world.socket);
  world.how = (struct open_how){.flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_BENEATH};
  world.peer = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(53)};
  world.peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

static void prepare(int kind, struct io_uring_sqe *entry) {
  switch (kind) {
  case NOP: io_uring_prep_nop(entry); break;
  case READ: io_uring_prep_read(entry, world.file, world.buffer, sizeof world.buffer, 0); break;
  case OPENAT2: io_uring_prep_openat2(entry, world.folder, "proc", &world.how); break;
  case CONNECT:
    io_uring_prep_connect(entry, world.socket, (struct sockaddr *)&world.peer, sizeof world.peer);
    break;
  }
  entry->user_data = 7;
}

static void finish(int kind, int result) {
  if (result < 0) fail(kinds[kind], strerror(-result));
  if (kind == READ && result != sizeof world.buffer) fail("read", "not all of it");
  if (kind == OPENAT2) check("close", close(result));
}

static long long measure(int kind, long requests) {
  long long before = now();
  for (long done = 0; done < requests; done += BATCH) {
    for (int i = 0; i < BATCH; i++) prepare(kind, io_uring_get_sqe(&world.ring));
    int submitted = io_uring_submit_and_wait(&world.ring, BATCH);
    if (submitted != BATCH) fail("io_uring_enter", submitted < 0 ? strerror(-submitted) : "not all were taken");
    for (int i = 0; i < BATCH; i++) {
      struct io_uring_cqe *completion;
      if (io_uring_wait_cqe(&world.ring, &completion) < 0) fail("io_uring_enter", "no completion");
      finish(kind, completion->res);
      io_uring_cqe_seen(&world.ring, completion);
    }
  }
  return now() - before;
}

static int work(void) {
  int kind;
  long requests;
  prepare_world();
  while (scanf("%d %ld", &kind, &requests) == 2) {
    printf("%lld\n", measure(kind, requests));
    fflush(stdout);
  }
  return 0;
}

/* --- The one that gives turns. */

struct worker {
  FILE *to, *from;
};

static struct worker start(char *const command[]) {
  int to[2], from[2];
  check("pipe", pipe2(to, O_CLOEXEC));
  check("pipe", pipe2(from, O_CLOEXEC));
  pid_t child = fork();
  check("fork", child);
  if (child == 0) {
    dup2(to[0], 0);
    dup2(from[1], 1);
    execv(command[0], command);
    _exit(127);
  }
  close(to[0]);
  close(from[1]);
  return (struct worker){fdopen(to[1], "w"), fdopen(from[0], "r")};
}

/* The lab boots with its loopback device down. */
static void raise_loopback(void) {
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (any >= 0) (void)!ioctl(any, SIOCSIFFLAGS, &request), close(any);
}

int main(int count, char *arguments[]) {
  if (count == 2 && strcmp(arguments[1], "--worker") == 0) return work();
  int rounds = count > 3 ? atoi(arguments[1]) : 0;
  long requests = count > 3 ? atol(arguments[2]) / BATCH * BATCH : 0;
  if (rounds < 1 || requests < BATCH) fail("usage", "time-requests ROUNDS REQUESTS WORKER [::: WORKER]...");
  struct worker workers[MOST_WORKERS];
  int worker_count = 0;
  raise_loopback();
  for (int first = 3, i = 3; i <= count; i++) {
    if (i < count && strcmp(arguments[i], ":::") != 0) continue;
    if (i == first || worker_count == MOST_WORKERS) fail("usage", "a worker without a command, or too many");
    arguments[i] = NULL;
    workers[worker_count++] = start(&arguments[first]);
    first = i + 1;
  }
  for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (int kind = 0; kind < KINDS; kind++) {
      for (int i = 0; i < worker_count; i++) {
        /* Who goes first changes with every round. */
        int turn = (i + round + WARM_UP_ROUNDS) % worker_count;
        long long nanoseconds;
        fprintf(workers[turn].to, "%d %ld\n", kind, requests);
        fflush(workers[turn].to);
        if (fscanf(workers[turn].from, "%lld", &nanoseconds) != 1) fail(kinds[kind], "a worker has ended");
        if (round >= 0) printf("%d %s %.1f\n", turn, kinds[kind], (double)nanoseconds / requests);
      }
    }
  }
  if (fflush(stdout) != 0) fail("standard output", strerror(errno));
  return 0;
}
