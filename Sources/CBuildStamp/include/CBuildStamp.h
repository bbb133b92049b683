/*
 * Linking this target tells a program what it was built from; see CRevision.h. There is nothing to call, and no Swift
 * module sees it: a new revision compiles one line of C, and links.
 */
#ifndef CBUILDSTAMP_H
#define CBUILDSTAMP_H
#endif
