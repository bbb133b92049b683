/* liburing's own header; the module only names it. Linked as a static library by the manifest. */
#include <liburing.h>
