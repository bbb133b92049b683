/*
 * Linking this target makes a Swift program start with less work before main: docs/design/0013-speed-of-a-launch.md has
 * what it costs and brings.
 *
 * populate.c maps memory ahead. frames.c and capabilities.c have what the linker puts in the place of others, of the
 * unwinder and of libcap. The other files have nothing to call: they replace parts of the Swift runtime that work at
 * every start, and that this program has no use for. The linker takes a member of a static library only if something it
 * defines is still missing. What is defined here is all that asks for those members, so they are not linked, and
 * neither are their constructors. The definitions are weak: where another toolchain asks for more of a member, it is
 * linked after all and comes first, and a launch is slower, but not wrong. A test looks at what a launch asks the kernel
 * for, and notices.
 */
#ifndef CSTARTUP_H
#define CSTARTUP_H

/*
 * Maps what a launch takes of the heap. For the beginning of main: constructors of the C++ library take much that they
 * never touch. Where it cannot be done, nothing happens.
 */
void uj_populate_heap(void);

#endif
