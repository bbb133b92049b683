/*
 * In place of the constructor of libcap, which asks six times or so which capabilities the kernel has, for functions
 * that this program does not call: cap_max_bits(3), and those for texts and modes. It is in one member with cap_init(3),
 * so that it cannot be left out by what is missing; the linker is told instead that its name is that of this function
 * (Package.swift). Where libcap gives it another name, it works as ever.
 */
#include "CStartUp.h"

#ifdef URING_JAIL_STATIC

void uj_no_capability_count(void) {}

#endif
