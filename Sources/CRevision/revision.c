#include "CRevision.h"

#include <stddef.h>

#ifndef URING_JAIL_REVISION
#define URING_JAIL_REVISION NULL
#endif

const char *uj_revision(void) { return URING_JAIL_REVISION; }
