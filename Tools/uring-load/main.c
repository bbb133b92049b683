/*
 * uring-load: makes requests that do nothing, as fast as it can or at a given rate, and prints how many of them were
 * completed in a second, and what each cost this process.
 *
 * Usage: uring-load REQUESTS [RATE [BATCH]]    RATE: requests in a second, 0 for as many as possible
 */
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Processor time of this process, in nanoseconds. */
static double processor_time(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return ((double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec) * 1e9 +
         ((double)usage.ru_utime.tv_usec + (double)usage.ru_stime.tv_usec) * 1e3;
}

/* Sleeps until the requests that were made are no more than the rate allows. */
static void keep_to_rate(double start, long made, long rate) {
  double ahead = (double)made / (double)rate - (now() - start);
  if (ahead <= 0) return;
  struct timespec time = {(time_t)ahead, (long)((ahead - (double)(time_t)ahead) * 1e9)};
  nanosleep(&time, NULL);
}

int main(int count, char *arguments[]) {
  long requests = count > 1 ? atol(arguments[1]) : 0;
  long rate = count > 2 ? atol(arguments[2]) : 0;
  unsigned batch = count > 3 ? (unsigned)atol(arguments[3]) : 32;
  struct io_uring ring;
  if (requests <= 0 || batch == 0 || batch > 4096) {
    fputs("usage: uring-load REQUESTS [RATE [BATCH]]\n", stderr);
    return 64;
  }
  int result = io_uring_queue_init(batch, &ring, 0);
  if (result < 0) {
    fprintf(stderr, "uring-load: io_uring_setup: error %d\n", -result);
    return 2;
  }
  double start = now(), used = processor_time();
  long failed = 0;
  for (long made = 0; made < requests; made += batch) {
    for (unsigned index = 0; index < batch; index++) io_uring_prep_nop(io_uring_get_sqe(&ring));
    unsigned left = batch;
    while (left > 0) {
      /* A denied request ends a batch early. */
      io_uring_submit_and_wait(&ring, 1);
      struct io_uring_cqe *entry;
      while (left > 0 && io_uring_peek_cqe(&ring, &entry) == 0) {
        if (entry->res < 0) failed++;
        io_uring_cqe_seen(&ring, entry);
        left--;
      }
    }
    if (rate > 0) keep_to_rate(start, made + batch, rate);
  }
  used = processor_time() - used;
  printf("%.0f requests in a second, %ld failed, %.0f ns of processor each\n",
         (double)requests / (now() - start), failed, used / (double)requests);
  return 0;
}
