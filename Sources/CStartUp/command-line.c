/*
 * CommandLine.arguments. The runtime's own looks for the argument vector in /proc/self/maps, at every start, and aborts
 * where it does not find it. Here it is what every constructor of a program gets from glibc.
 */
#include "CStartUp.h"

#ifdef URING_JAIL_STATIC

static int count;
static char **vector;

__attribute__((constructor)) static void remember(int argument_count, char **arguments) {
  count = argument_count;
  vector = arguments;
}

/* Swift's standard library calls it once. Where it does, the vector lives as long as the program. */
__attribute__((weak)) char **_swift_stdlib_getUnsafeArgvArgc(int *argument_count) {
  *argument_count = count;
  return vector;
}

#endif
