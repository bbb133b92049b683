/* What this program was built from. */
#ifndef CLINUXSHIMS_REVISION_H
#define CLINUXSHIMS_REVISION_H

/*
 * A revision of git, with "-dirty" behind it if files were changed; empty where Scripts/build found none; NULL in a
 * program that was not built by Scripts/build. Lives as long as the program.
 */
const char *uj_revision(void);

#endif
