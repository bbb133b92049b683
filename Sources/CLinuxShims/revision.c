#include "revision.h"

/* In CBuildStamp, which tests do not link, and which has none without Scripts/build. Its address is NULL then. */
extern const char uj_build_stamp[] __attribute__((weak));

const char *uj_revision(void) { return uj_build_stamp; }
