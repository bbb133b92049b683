/* libcap's own header; the module only names it. */
#include <sys/capability.h>
