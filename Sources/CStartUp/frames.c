/*
 * What a static program hands its unwind tables to at every start, before anything else. Since release 13, GCC's
 * unwinder reads all of them right then: five million instructions with those of this program, and thirty pages. It
 * finds them as well by the program's own headers, when something is thrown, which nothing here does. The linker has
 * each of these called in place of the function without "__wrap_" (Package.swift).
 */
#include "CStartUp.h"

#ifdef URING_JAIL_STATIC

#include <stddef.h>

void __wrap___register_frame_info(const void *tables, void *object);
void *__wrap___deregister_frame_info(const void *tables);

void __wrap___register_frame_info(const void *tables, void *object) {
  (void)tables;
  (void)object;
}

void *__wrap___deregister_frame_info(const void *tables) {
  (void)tables;
  return NULL;
}

#endif
