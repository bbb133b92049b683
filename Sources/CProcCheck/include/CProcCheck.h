/*
 * Linking this target makes the program check at start-up that /proc is there, before the Swift runtime needs it; see
 * check.c. There is nothing to call.
 */
#ifndef CPROCCHECK_H
#define CPROCCHECK_H
#endif
