/*
 * liburing's own header; the module only names it. Linked as a static library by the manifest.
 *
 * liburing.h asks for X/Open names, and fd_set has other members with them. Swift's module of the C library is built
 * without, and the compiler refuses two forms of one structure; so the C library settles it before liburing asks.
 */
#include <sys/select.h>

#include <liburing.h>
