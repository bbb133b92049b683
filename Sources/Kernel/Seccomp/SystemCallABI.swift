/// The numbers that one way to enter the kernel has for the system calls that are filtered here.
///
/// A processor that runs programs of an older kind has one such way for each, with numbers of its own, and a program of
/// the newer kind can use both. A filter must therefore know all of them.
struct SystemCallABI: Sendable {
  /// `AUDIT_ARCH_*`, include/uapi/linux/audit.h: the word by which seccomp tells the ways apart.
  let architecture: UInt32
  /// The bit of the number that selects a further table of the same architecture, or 0.
  let tableBit: UInt32
  let execve: UInt32
  let execveat: UInt32
  /// Those of the further table, without its bit. Linux before 5.4 took them without the bit, too, and the numbers of
  /// the first table with it.
  let furtherExecutions: [UInt32]

  // The same on every architecture: include/uapi/asm-generic/unistd.h.
  static let ioUringSetup: UInt32 = 425
  static let ioUringEnter: UInt32 = 426
  static let ioUringRegister: UInt32 = 427

  #if arch(x86_64)
    /// arch/x86/entry/syscalls/syscall_64.tbl, which has the numbers of x32 as well.
    static let native = SystemCallABI(
      architecture: 0xC000_003E, tableBit: 0x4000_0000, execve: 59, execveat: 322, furtherExecutions: [520, 545])
    /// arch/x86/entry/syscalls/syscall_32.tbl, by `int 0x80`.
    static let compatible = SystemCallABI(
      architecture: 0x4000_0003, tableBit: 0, execve: 11, execveat: 358, furtherExecutions: [])
  #elseif arch(arm64)
    /// include/uapi/asm-generic/unistd.h
    static let native = SystemCallABI(
      architecture: 0xC000_00B7, tableBit: 0, execve: 221, execveat: 281, furtherExecutions: [])
    /// arch/arm/tools/syscall.tbl
    static let compatible = SystemCallABI(
      architecture: 0x4000_0028, tableBit: 0, execve: 11, execveat: 387, furtherExecutions: [])
  #else
    #error("the numbers of this architecture's system calls are not known")
  #endif
}
