#include "escapes.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

const char forbidden_path[] = "/etc/passwd";

int ring_register(int fd, unsigned opcode, void *argument, unsigned count) {
  long result = syscall(SYS_io_uring_register, fd, opcode, argument, count);
  return result < 0 ? -errno : (int)result;
}

int ring_enter(int fd, unsigned submit, unsigned complete, unsigned flags) {
  long result = syscall(SYS_io_uring_enter, fd, submit, complete, flags, NULL, 0);
  return result < 0 ? -errno : (int)result;
}

static void *map(struct ring *ring, size_t size, off_t what) {
  return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, what);
}

int ring_map(struct ring *ring) {
  const struct io_uring_params *p = &ring->params;
  size_t entry = p->flags & IORING_SETUP_SQE128 ? 128 : 64;
  char *sq = map(ring, p->sq_off.array + p->sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
  char *cq = map(ring, p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
  ring->sqes = map(ring, p->sq_entries * entry, IORING_OFF_SQES);
  if (sq == MAP_FAILED || cq == MAP_FAILED || (void *)ring->sqes == MAP_FAILED) return -errno;
  ring->sq_head = (unsigned *)(sq + p->sq_off.head);
  ring->sq_tail = (unsigned *)(sq + p->sq_off.tail);
  ring->sq_mask = (unsigned *)(sq + p->sq_off.ring_mask);
  ring->sq_flags = (unsigned *)(sq + p->sq_off.flags);
  ring->sq_array = (unsigned *)(sq + p->sq_off.array);
  ring->cq_head = (unsigned *)(cq + p->cq_off.head);
  ring->cq_tail = (unsigned *)(cq + p->cq_off.tail);
  ring->cq_mask = (unsigned *)(cq + p->cq_off.ring_mask);
  ring->cqes = (struct io_uring_cqe *)(cq + p->cq_off.cqes);
  return 0;
}

int ring_open(struct ring *ring, unsigned entries, unsigned setup_flags) {
  memset(ring, 0, sizeof *ring);
  ring->params.flags = ring->setup_flags = setup_flags;
  ring->params.sq_thread_idle = 50;
  ring->fd = (int)syscall(SYS_io_uring_setup, entries, &ring->params);
  if (ring->fd < 0) return -errno;
  return ring_map(ring);
}

void ring_need(struct ring *ring, unsigned setup_flags) {
  int result = ring_open(ring, 8, setup_flags);
  if (result >= 0) return;
  errno = -result;
  broken("io_uring_setup");
}

int ring_adopt(struct ring *ring, int fd) {
  struct ring own;
  /* Or the ring that is made here might get the number. */
  if (fcntl(fd, F_GETFD) < 0) return -errno;
  int result = ring_open(&own, 4, 0);
  if (result < 0) return result;
  /* The layout depends on the number of entries and the flags alone. */
  memset(ring, 0, sizeof *ring);
  ring->params = own.params;
  ring->fd = fd;
  return ring_map(ring);
}

struct io_uring_sqe *ring_entry(struct ring *ring, uint8_t opcode) {
  unsigned tail = *ring->sq_tail + ring->queued, index = tail & *ring->sq_mask;
  size_t stride = ring->params.flags & IORING_SETUP_SQE128 ? 2 : 1;
  struct io_uring_sqe *entry = &ring->sqes[index * stride];
  memset(entry, 0, sizeof *entry * stride);
  entry->opcode = opcode;
  ring->sq_array[index] = index;
  ring->queued++;
  return entry;
}

int ring_submit(struct ring *ring) {
  unsigned count = ring->queued;
  __atomic_store_n(ring->sq_tail, *ring->sq_tail + count, __ATOMIC_SEQ_CST);
  ring->queued = 0;
  if (!(ring->setup_flags & IORING_SETUP_SQPOLL)) return ring_enter(ring->fd, count, 0, 0);
  if (__atomic_load_n(ring->sq_flags, __ATOMIC_SEQ_CST) & IORING_SQ_NEED_WAKEUP)
    ring_enter(ring->fd, count, 0, IORING_ENTER_SQ_WAKEUP);
  return (int)count;
}

int ring_next(struct ring *ring, struct io_uring_cqe *completion) {
  struct timespec pause = {.tv_nsec = 1000000};
  for (int waited = 0; waited < 2000; waited++) {
    unsigned head = *ring->cq_head;
    if (head != __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE)) {
      struct io_uring_cqe *found = &ring->cqes[head & *ring->cq_mask];
      int result = found->res;
      if (completion) *completion = *found;
      __atomic_store_n(ring->cq_head, head + 1, __ATOMIC_RELEASE);
      return result;
    }
    ring_enter(ring->fd, 0, 0, IORING_ENTER_GETEVENTS); /* runs what is pending in this task */
    nanosleep(&pause, NULL);
  }
  return -ETIME;
}

int ring_do(struct ring *ring) {
  int result = ring_submit(ring);
  /* A refused request may stop the batch that it is in; it completes all the same. */
  return result < 0 ? result : ring_next(ring, NULL);
}

struct io_uring_sqe *forbidden(struct ring *ring) {
  struct io_uring_sqe *entry = ring_entry(ring, IORING_OP_OPENAT);
  entry->fd = AT_FDCWD;
  entry->addr = (uintptr_t)forbidden_path;
  entry->open_flags = O_RDONLY | O_CLOEXEC;
  return entry;
}

void attempt_on(struct ring *ring, const char *what) {
  forbidden(ring);
  attempt(what, ring_do(ring));
}

void attempt_anew(const char *what) {
  struct ring ring;
  int result = ring_open(&ring, 4, 0);
  if (result < 0) {
    attempt(what, result);
    return;
  }
  attempt_on(&ring, what);
  close(ring.fd);
}
