#include "open_constants.h"

/* The kernel's own header: the C library hides or redefines some of these, O_LARGEFILE as 0 among them. */
#include <asm/fcntl.h>
#include <linux/openat2.h>

const uint64_t uj_o_accmode = O_ACCMODE;
const uint64_t uj_o_rdonly = O_RDONLY;
const uint64_t uj_o_wronly = O_WRONLY;
const uint64_t uj_o_rdwr = O_RDWR;

const uint64_t uj_o_creat = O_CREAT;
const uint64_t uj_o_excl = O_EXCL;
const uint64_t uj_o_noctty = O_NOCTTY;
const uint64_t uj_o_trunc = O_TRUNC;
const uint64_t uj_o_append = O_APPEND;
const uint64_t uj_o_nonblock = O_NONBLOCK;
const uint64_t uj_o_dsync = O_DSYNC;
const uint64_t uj_o_async = FASYNC;
const uint64_t uj_o_direct = O_DIRECT;
const uint64_t uj_o_largefile = O_LARGEFILE;
const uint64_t uj_o_directory = O_DIRECTORY;
const uint64_t uj_o_nofollow = O_NOFOLLOW;
const uint64_t uj_o_noatime = O_NOATIME;
const uint64_t uj_o_cloexec = O_CLOEXEC;
const uint64_t uj_o_sync = O_SYNC;
const uint64_t uj_o_sync_bit = __O_SYNC;
const uint64_t uj_o_path = O_PATH;
const uint64_t uj_o_tmpfile = O_TMPFILE;
const uint64_t uj_o_tmpfile_bit = __O_TMPFILE;

const uint64_t uj_resolve_no_xdev = RESOLVE_NO_XDEV;
const uint64_t uj_resolve_no_magiclinks = RESOLVE_NO_MAGICLINKS;
const uint64_t uj_resolve_no_symlinks = RESOLVE_NO_SYMLINKS;
const uint64_t uj_resolve_beneath = RESOLVE_BENEATH;
const uint64_t uj_resolve_in_root = RESOLVE_IN_ROOT;
const uint64_t uj_resolve_cached = RESOLVE_CACHED;
