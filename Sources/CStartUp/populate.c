/*
 * Maps the memory that a launch writes to with five system calls, rather than with a page fault for each page, or two
 * where it is read first.
 *
 * Scripts/order-symbols lists the variables that a launch touches, and these marks before and behind them; the linker
 * keeps that order within each section. Where the program was linked without the list, the marks tell nothing, and are
 * not followed.
 */
#include "CStartUp.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Since Linux 5.14; the C library's headers may be older. include/uapi/asm-generic/mman-common.h */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/* The smallest that Linux has. Where pages are larger, the call may fail. */
#define PAGE 4096

/* More than a launch touches of a section, and little enough to be no loss where the marks are wrong. */
#define MOST (128 * 1024)

/* What a launch takes of the stack, which the kernel has reserved more for from the start; and of the heap. */
#define STACK (20 * 1024)
#define HEAP (36 * 1024)

/* The last variables of the standard library are touched, and the beginning of the runtime's memory pool behind them. */
#define BEFORE (24 * 1024)
#define BEHIND (8 * 1024)

char uj_touched_data_begin __attribute__((section(".data.uj_touched_begin"))) = 1;
char uj_touched_data_end __attribute__((section(".data.uj_touched_end"))) = 1;
char uj_touched_bss_begin __attribute__((section(".bss.uj_touched_begin")));
char uj_touched_bss_end __attribute__((section(".bss.uj_touched_end")));
char uj_touched_around __attribute__((section(".bss.uj_touched_around")));

/* Where it cannot be done, pages are mapped when they are touched, as always. */
static void populate(uintptr_t begin, uintptr_t end) {
  if (end <= begin || end - begin > MOST) return;
  begin &= ~(uintptr_t)(PAGE - 1);
  madvise((void *)begin, end - begin, MADV_POPULATE_WRITE);
}

/* The smallest priority open to programs: before the constructors of the runtime, which touch some of it. */
__attribute__((constructor(101))) static void populate_all(void) {
  char here;
  populate((uintptr_t)&uj_touched_data_begin, (uintptr_t)&uj_touched_data_end);
  populate((uintptr_t)&uj_touched_bss_begin, (uintptr_t)&uj_touched_bss_end);
  /* Where the list does not say, this is a place like any other. */
  populate((uintptr_t)&uj_touched_around - BEFORE, (uintptr_t)&uj_touched_around + BEHIND);
  populate((uintptr_t)&here - STACK, (uintptr_t)&here);
}

void uj_populate_heap(void) {
  /* More than constructors may have given back, so that it comes from the part of the heap that is still untouched. */
  char *next = malloc(8 * 1024);
  populate((uintptr_t)next, (uintptr_t)next + HEAP);
  free(next);
}
