/*
 * Where the runtime for concurrency would hand over tasks to libdispatch, whose start asks for the number of processors
 * and makes its queues. ArgumentParser can do with asynchronous commands, which is why that runtime is linked; this
 * program has none, starts no thread, and no task. If that ever changes, it ends here at once.
 */
#include "CStartUp.h"

#ifdef URING_JAIL_STATIC

#include <string.h>
#include <unistd.h>

static void abort_for_task(void) __attribute__((noreturn));

static void abort_for_task(void) {
  static const char message[] = "uring-jail: a task was started in a program that is built without libdispatch\n";
  if (write(STDERR_FILENO, message, strlen(message)) < 0) {
    /* Nobody to tell. */
  }
  __builtin_trap();
}

/* What they take is of no interest to functions that do not return: all of them are called with C's convention. */
#define NEVER_CALLED(name) \
  __attribute__((weak, noreturn)) void name(void) { abort_for_task(); }

/* The executors' way to libdispatch. */
NEVER_CALLED(swift_dispatchEnqueueGlobal)
NEVER_CALLED(swift_dispatchEnqueueMain)
NEVER_CALLED(swift_dispatchEnqueueWithDeadline)
NEVER_CALLED(swift_task_enqueueOnDispatchQueue)

/* libdispatch itself, as far as parts of that runtime name it that are linked in any case. */
NEVER_CALLED(dispatch_assert_queue)
NEVER_CALLED(dispatch_main)

/* The main queue, of which only the address is taken. */
__attribute__((weak)) char _dispatch_main_q[1];

#endif
