private import CLinuxShims

/// The arguments of openat(2) and openat2(2): flags, mode and resolve flags.
package enum OpenConstants {
  /// `flags & O_ACCMODE`: a number, not flags.
  package static let accessMask = uj_o_accmode
  package static let readOnly = uj_o_rdonly
  package static let writeOnly = uj_o_wronly
  package static let readWrite = uj_o_rdwr

  /// O_PATH: a descriptor that names a file and opens nothing.
  package static let path = uj_o_path
  /// The two flags that socket(2) takes in its type (`SOCK_CLOEXEC`, `SOCK_NONBLOCK`, include/linux/net.h).
  package static let closeOnExec = uj_o_cloexec
  package static let nonblock = uj_o_nonblock
  /// Set by the kernel on 64-bit machines, whatever the program asked for (io_openat_prep(), io_uring/openclose.c).
  package static let largeFile = uj_o_largefile

  /// Flags that change the file system or the file's content whatever the access mode: O_CREAT, O_TRUNC, and what
  /// O_TMPFILE has beyond O_DIRECTORY.
  package static let changing = uj_o_creat | uj_o_trunc | uj_o_tmpfile_bit
  /// Flags with which the mode matters (`WILL_CREATE`, include/linux/fcntl.h).
  package static let creating = uj_o_creat | uj_o_tmpfile_bit

  /// What openat keeps of its flags (`VALID_OPEN_FLAGS`, include/linux/fcntl.h); openat2 keeps every bit until it
  /// validates them, after the filters.
  package static let valid = flags.flags.reduce(accessMask | largeFile) { $0 | $1.bits }
  /// What openat keeps beside O_PATH (`O_PATH_FLAGS`).
  package static let validWithPath = uj_o_directory | uj_o_nofollow | uj_o_path | uj_o_cloexec
  /// What openat keeps of the mode (`S_IALLUGO`).
  package static let validMode: UInt64 = 0o7777

  /// `O_*` beyond the access mode.
  package static let flags = FlagVocabulary(
    "open flag", width: 64, ignoring: accessMask | largeFile,
    [
      Flag("creat", uj_o_creat),
      Flag("excl", uj_o_excl),
      Flag("noctty", uj_o_noctty),
      Flag("trunc", uj_o_trunc),
      Flag("append", uj_o_append),
      Flag("nonblock", uj_o_nonblock, aliases: ["ndelay"]),
      Flag("dsync", uj_o_dsync, mask: uj_o_dsync | uj_o_sync_bit, value: uj_o_dsync),
      // The kernel takes __O_SYNC alone for O_SYNC (build_open_flags(), fs/open.c).
      Flag("sync", uj_o_sync, mask: uj_o_sync_bit, value: uj_o_sync_bit, aliases: ["rsync"]),
      Flag("async", uj_o_async),
      Flag("direct", uj_o_direct),
      Flag("directory", uj_o_directory, mask: uj_o_directory | uj_o_tmpfile_bit, value: uj_o_directory),
      Flag("tmpfile", uj_o_tmpfile, mask: uj_o_tmpfile_bit, value: uj_o_tmpfile_bit),
      Flag("nofollow", uj_o_nofollow),
      Flag("noatime", uj_o_noatime),
      Flag("cloexec", uj_o_cloexec),
      Flag("path", uj_o_path),
    ])

  /// Permission bits of the file that is created, as in chmod(1), written out.
  package static let mode = FlagVocabulary(
    "mode", width: 64, numbersUpTo: validMode,
    [
      Flag("setuid", 0o4000), Flag("setgid", 0o2000), Flag("sticky", 0o1000),
      Flag("owner-read", 0o400), Flag("owner-write", 0o200), Flag("owner-execute", 0o100),
      Flag("group-read", 0o040), Flag("group-write", 0o020), Flag("group-execute", 0o010),
      Flag("other-read", 0o004), Flag("other-write", 0o002), Flag("other-execute", 0o001),
    ])

  /// `RESOLVE_*` of openat2(2); openat has none, which is 0.
  package static let resolve = FlagVocabulary(
    "resolve flag", width: 64,
    [
      Flag("no_xdev", uj_resolve_no_xdev),
      Flag("no_magiclinks", uj_resolve_no_magiclinks),
      Flag("no_symlinks", uj_resolve_no_symlinks),
      Flag("beneath", uj_resolve_beneath),
      Flag("in_root", uj_resolve_in_root),
      Flag("cached", uj_resolve_cached),
    ])
}
