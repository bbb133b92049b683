/* Who makes the request: threads, children, other programs, other users. */
#include "escapes.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* openat: the plain attempt, on a new ring. */
static void plain(char **arguments) {
  (void)arguments;
  attempt_anew("openat");
}

/* exec-after-ring: a process that has used a ring executes a program (H1). */
static void exec_after_ring(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, 0);
  ring_entry(&ring, IORING_OP_NOP);
  ring_do(&ring);
  become_trick("openat");
}

/* exec-after-ring-in-thread: the same from another thread than the first, whose id the program gets. */
static void *become_in_thread(void *unused) {
  struct ring ring;
  ring_need(&ring, 0);
  ring_entry(&ring, IORING_OP_NOP);
  ring_do(&ring);
  become_trick("openat");
  return unused;
}
static void exec_in_thread(char **arguments) {
  (void)arguments;
  pthread_t thread;
  if (pthread_create(&thread, NULL, become_in_thread, NULL) != 0) broken("pthread_create");
  pthread_join(thread, NULL);
}

/* exec-by-fork: a child of a process that has used a ring executes a program. */
static void exec_by_fork(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, 0);
  ring_entry(&ring, IORING_OP_NOP);
  ring_do(&ring);
  pid_t child = fork();
  if (child == 0) become_trick("openat");
  int status;
  if (child < 0 || waitpid(child, &status, 0) < 0) broken("fork");
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
}

static struct ring shared_ring;
static pthread_barrier_t barrier;
static void *early(void *unused) {
  pthread_barrier_wait(&barrier); /* the main thread has a ring from here on */
  attempt_on(&shared_ring, "early thread, ring of the main thread");
  attempt_anew("early thread, ring of its own");
  return unused;
}
static void *late(void *unused) {
  attempt_on(&shared_ring, "late thread, ring of the main thread");
  attempt_anew("late thread, ring of its own");
  return unused;
}

/* threads: started before the first ring, and after it. */
static void threads(char **arguments) {
  (void)arguments;
  pthread_t thread;
  pthread_barrier_init(&barrier, NULL, 2);
  if (pthread_create(&thread, NULL, early, NULL) != 0) broken("pthread_create");
  ring_need(&shared_ring, 0);
  pthread_barrier_wait(&barrier);
  pthread_join(thread, NULL);
  if (pthread_create(&thread, NULL, late, NULL) != 0) broken("pthread_create");
  pthread_join(thread, NULL);
  attempt_on(&shared_ring, "main thread");
}

static int openat_in_child(void) {
  struct ring ring;
  ring_need(&ring, 0);
  forbidden(&ring);
  return ring_do(&ring);
}

/* user-namespace: all capabilities, in a namespace of one's own, and in one inside it. */
static void user_namespace(char **arguments) {
  (void)arguments;
  for (int depth = 0; depth < 2; depth++) {
    int result = unshare(CLONE_NEWUSER | CLONE_NEWNS);
    step("unshare", result < 0 ? -errno : 0);
    attempt_anew("openat");
  }
  if (unshare(CLONE_NEWUSER | CLONE_NEWPID) < 0) step("unshare", -errno);
  attempt("openat of the first process of a namespace", in_child(openat_in_child));
}

/* setuid-program FILE: executes a copy of this program with the set-user-ID bit. */
static void setuid_program(char **arguments) {
  if (!arguments[0]) broken("there is no program");
  become((char *[]){arguments[0], "as-whom", NULL});
}

/* as-whom: says whether it is root, and makes the attempt. */
static void as_whom(char **arguments) {
  (void)arguments;
  step("user", (int)geteuid());
  attempt_anew("openat");
}

const struct trick process_tricks[] = {
    {"openat", plain},
    {"exec-after-ring", exec_after_ring},
    {"exec-after-ring-in-thread", exec_in_thread},
    {"exec-by-fork", exec_by_fork},
    {"threads", threads},
    {"user-namespace", user_namespace},
    {"setuid-program", setuid_program},
    {"as-whom", as_whom},
    {NULL, NULL},
};
