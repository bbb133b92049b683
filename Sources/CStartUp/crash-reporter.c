/*
 * The runtime's crash reporter. At every start it looks in eight places for a program named swift-backtrace, and runs it
 * when this one crashes, if the environment says so. It is no friend of a program that stands in front of others, and
 * may be privileged; a crash ends with its signal, and with the message of the failed check, as it does without it.
 */
#include "CStartUp.h"

#ifdef URING_JAIL_STATIC

#include <stdbool.h>

/*
 * The reporter's settings, which failed checks look at. Larger than any layout that they have had, and zero: "off", and
 * no path to a program.
 */
__attribute__((weak, aligned(16))) char _swift_backtraceSettings[1024];

/* Only the crash reporter asks. The start-up code of Swift objects names it, which is what would link the reporter. */
__attribute__((weak)) bool _swift_backtrace_isThunkFunction(const char *mangled_name) {
  (void)mangled_name;
  return false;
}

#endif
