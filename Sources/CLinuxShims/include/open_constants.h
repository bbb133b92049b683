/*
 * The numbers of open(2) flags, file modes and openat2(2) resolve flags on the machine that this is compiled for:
 * they differ between architectures, so they come from the headers and are written down nowhere else.
 */
#ifndef CLINUXSHIMS_OPEN_CONSTANTS_H
#define CLINUXSHIMS_OPEN_CONSTANTS_H

#include <stdint.h>

/* O_ACCMODE and its values; 3 exists too and gives a descriptor for ioctl only. */
extern const uint64_t uj_o_accmode, uj_o_rdonly, uj_o_wronly, uj_o_rdwr;

/* Flags. uj_o_sync and uj_o_tmpfile are composites; the _bit is what they have beyond O_DSYNC and O_DIRECTORY. */
extern const uint64_t uj_o_creat, uj_o_excl, uj_o_noctty, uj_o_trunc, uj_o_append, uj_o_nonblock, uj_o_dsync, uj_o_async,
    uj_o_direct, uj_o_largefile, uj_o_directory, uj_o_nofollow, uj_o_noatime, uj_o_cloexec, uj_o_sync, uj_o_sync_bit,
    uj_o_path, uj_o_tmpfile, uj_o_tmpfile_bit;

/* RESOLVE_* of linux/openat2.h */
extern const uint64_t uj_resolve_no_xdev, uj_resolve_no_magiclinks, uj_resolve_no_symlinks, uj_resolve_beneath,
    uj_resolve_in_root, uj_resolve_cached;

#endif
