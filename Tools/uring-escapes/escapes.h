/*
 * Tricks by which a jailed program might make a request that its jail denies. Test-only, and not installed.
 *
 * One sub-command a trick. Each prints one line of JSON:
 *   {"trick":"sqpoll","escaped":false,"attempts":[{"what":"openat","result":-13}]}
 * An attempt is what the jail shall deny: one result that is not negative means that the trick worked. A step
 * (in "steps") is what the trick needs on the way. Results are those of the kernel, errors negated.
 */
#ifndef ESCAPES_H
#define ESCAPES_H

#define _GNU_SOURCE
#include <errno.h>
#include <linux/io_uring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers that the headers of an older release may lack (include/uapi/linux/io_uring.h). */
enum {
  OP_URING_CMD = 46,
  OP_READ_MULTISHOT = 49,
  OP_FIXED_FD_INSTALL = 54,
  REGISTER_CLONE_BUFFERS = 30,
  REGISTER_SEND_MSG_RING = 31,
  REGISTER_RESIZE_RINGS = 33,
  REGISTER_QUERY = 35,
  REGISTER_BPF_FILTER = 37,
  REGISTER_LAST = 38,
};
#define ENTER_REGISTERED_RING (1U << 4)
#define REGISTER_USE_REGISTERED_RING (1U << 31)
#define SETUP_SINGLE_ISSUER (1U << 12)
#define SETUP_DEFER_TASKRUN (1U << 13)
#define INSTALL_NO_CLOEXEC (1U << 0)

/* What is said about a trick. */
void step(const char *what, int result);
void attempt(const char *what, int result);
/* Prints the line and ends the process, so that a trick that cannot go on says what it has. */
_Noreturn void finish(void);
/* Ends the process for a reason that is neither success nor failure of a trick, such as a missing program. */
_Noreturn void broken(const char *what);
/* The name of the trick that is being tried. */
extern const char *trick_name;

/* A ring, driven by raw system calls. */
struct ring {
  int fd;
  unsigned setup_flags;
  struct io_uring_params params;
  unsigned *sq_head, *sq_tail, *sq_mask, *sq_array, *sq_flags;
  unsigned *cq_head, *cq_tail, *cq_mask;
  struct io_uring_cqe *cqes;
  struct io_uring_sqe *sqes;
  unsigned queued; /* entries not submitted yet */
};

/* Creates a ring: 0, or the negated errno. */
int ring_open(struct ring *ring, unsigned entries, unsigned setup_flags);
/* The same, or the end of the process. */
void ring_need(struct ring *ring, unsigned setup_flags);
/* Uses a ring of four entries without flags that somebody else created: 0, or the negated errno. */
int ring_adopt(struct ring *ring, int fd);
/* Maps the memory of `ring->fd` as `ring->params` says. */
int ring_map(struct ring *ring);
/* The next entry, all zeros. */
struct io_uring_sqe *ring_entry(struct ring *ring, uint8_t opcode);
/* Submits what is queued: the result of io_uring_enter(2). */
int ring_submit(struct ring *ring);
/* The result of the next completion; -ETIME after a second without one. */
int ring_next(struct ring *ring, struct io_uring_cqe *completion);
/* Submits one queued entry and waits for it. */
int ring_do(struct ring *ring);
/* io_uring_register(2), and io_uring_enter(2) without waiting. */
int ring_register(int fd, unsigned opcode, void *argument, unsigned count);
int ring_enter(int fd, unsigned submit, unsigned complete, unsigned flags);

/* Fills an entry with the request that every jail here denies: openat, read-only, of a file that all may read. */
extern const char forbidden_path[];
struct io_uring_sqe *forbidden(struct ring *ring);
/* Makes that request on a ring, or a new ring, as an attempt. */
void attempt_on(struct ring *ring, const char *what);
void attempt_anew(const char *what);

/* Becomes another program; does not return. */
_Noreturn void become(char **command);
/* Becomes this program with another trick. */
_Noreturn void become_trick(const char *trick);
/* What a function returns in a forked child; -ECHILD if the child did not live to say so. */
int in_child(int (*body)(void));
/* The part of the arguments behind "--", or the end of the process. */
char **command_of(char **arguments);

/* Tables of tricks, one a source file; a name of NULL ends each. */
struct trick {
  const char *name;
  void (*run)(char **arguments);
};
extern const struct trick handed_tricks[], submission_tricks[], object_tricks[], register_tricks[], process_tricks[],
    argument_tricks[], program_tricks[], detour_tricks[];

#endif
