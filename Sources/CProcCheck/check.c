/*
 * The Swift runtime aborts with a message about itself where /proc is not mounted. This runs before it and says what
 * the user can do.
 */
#include "CProcCheck.h"

#include <string.h>
#include <unistd.h>

/* What uring-jail exits with when it cannot set the jail up; ExitStatus.setUpFailed. */
#define SET_UP_FAILED 125

/* The smallest priority open to programs: before the runtime's own constructors, which have none. */
__attribute__((constructor(101))) static void check_proc(void) {
  if (access("/proc/self/exe", F_OK) == 0) return;
  static const char message[] =
      "uring-jail: /proc is not mounted or not readable, and without it inherited io_uring descriptors cannot be seen "
      "(mount -t proc proc /proc); nothing was started\n";
  if (write(STDERR_FILENO, message, strlen(message)) < 0) {
    /* Nobody to tell. */
  }
  _exit(SET_UP_FAILED);
}
