/*
 * Linking this target tells a program what it was built from; see revision.h in CLinuxShims. There is nothing to call, and no Swift
 * module sees it: a new revision compiles one line of C, and links. It is no part of CLinuxShims, because what the
 * revision is defined for is compiled again with it, and so is every Swift module that imports it.
 */
#ifndef CBUILDSTAMP_H
#define CBUILDSTAMP_H
#endif
