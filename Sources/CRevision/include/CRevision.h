/*
 * What this program was built from. A target of its own, so that a new commit compiles these few lines again and
 * nothing else.
 */
#ifndef CREVISION_H
#define CREVISION_H

/*
 * A revision of git, with "-dirty" behind it if files were changed; empty where Scripts/build found none; NULL in a
 * program that was not built by Scripts/build. Lives as long as the program.
 */
const char *uj_revision(void);

#endif
