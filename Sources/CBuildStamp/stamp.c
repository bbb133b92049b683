#include "CBuildStamp.h"

#ifdef URING_JAIL_REVISION
const char uj_build_stamp[] = URING_JAIL_REVISION;
#endif
