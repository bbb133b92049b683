/*
 * The standard library asks for random numbers before main, and asks for ever where it gets none and no error: where a
 * seccomp filter answers getrandom(2) with success. Then this program ends here.
 */
#include "CStartUp.h"

#ifdef URING_JAIL_STATIC

#include <sys/random.h>
#include <unistd.h>

/* Before the constructors of the runtime. */
__attribute__((constructor(101))) static void require_random_numbers(void) {
  unsigned char byte;
  if (getrandom(&byte, sizeof byte, GRND_NONBLOCK) != 0) return;
  static const char message[] =
      "uring-jail: getrandom: a seccomp filter (of a container runtime or a service manager) answers the call "
      "without making it (let it make the call, or answer with an error); nothing was started\n";
  if (write(STDERR_FILENO, message, sizeof message - 1) < 0) _exit(125);
  _exit(125);
}

#endif
