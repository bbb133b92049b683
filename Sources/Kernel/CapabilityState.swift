private import CLibCap
private import Glibc

/// The capability sets of a process or a file, as libcap keeps them.
@safe
struct CapabilityState: ~Copyable {
  /// Capability sets have 64 bits.
  private static let values: Range<cap_value_t> = 0..<64
  /// Those of the upper word. No process has all of them: there are not so many.
  private static let marks: Range<cap_value_t> = 32..<64

  // SAFETY: made by libcap, and given back by `deinit` alone.
  private let state: cap_t

  /// No capability in any set.
  private init() throws(Errno) {
    guard let state = unsafe cap_init() else { throw Errno(errno) }
    unsafe self.state = unsafe state
  }

  private init(of path: FilePath) throws(Errno) {
    // SAFETY: the path is NUL-terminated and lives through the call.
    guard let state = unsafe cap_get_file(path.bytes) else { throw Errno(errno) }
    unsafe self.state = unsafe state
  }

  deinit {
    unsafe cap_free(UnsafeMutableRawPointer(state))
  }

  /// The sets of the calling process, as the kernel fills them in.
  ///
  /// Not by cap_get_proc(3), which begins with sets of zeros: a seccomp filter that answers capget(2) with success would
  /// make of them that there are no capabilities. This one begins with marks that the kernel replaces.
  static func read() throws(Errno) -> CapabilitySets {
    let state = try CapabilityState()
    for value in marks { try state.raise(value, CAP_PERMITTED) }
    // SAFETY: libcap fills what the state points to.
    if unsafe capgetp(0, state.state) != 0 { throw Errno(errno) }
    let sets = CapabilitySets(
      effective: try state.bits(CAP_EFFECTIVE), permitted: try state.bits(CAP_PERMITTED),
      inheritable: try state.bits(CAP_INHERITABLE))
    if sets.permitted >> 32 == 0xFFFF_FFFF { throw .pretended }
    return sets
  }

  /// Gives the calling process these sets.
  static func write(_ sets: CapabilitySets) throws(Errno) {
    let state = try CapabilityState()
    for value in values {
      let bit: UInt64 = 1 << UInt64(value)
      if sets.effective & bit != 0 { try state.raise(value, CAP_EFFECTIVE) }
      if sets.permitted & bit != 0 { try state.raise(value, CAP_PERMITTED) }
      if sets.inheritable & bit != 0 { try state.raise(value, CAP_INHERITABLE) }
    }
    // SAFETY: libcap reads what the state points to.
    if unsafe cap_set_proc(state.state) != 0 { throw Errno(errno) }
  }

  /// The capabilities of a file. An answer without bytes, which no file gives, is EINVAL.
  static func read(of path: FilePath) throws(Errno) -> FileCapabilities {
    let state = try CapabilityState(of: path)
    // A file has one bit for all that is effective at once, and libcap makes of it what is permitted.
    return FileCapabilities(
      permitted: try state.bits(CAP_PERMITTED), areForced: try state.bits(CAP_EFFECTIVE) != 0)
  }

  private func raise(_ value: cap_value_t, _ set: cap_flag_t) throws(Errno) {
    var value = value
    // SAFETY: libcap reads one value.
    if unsafe cap_set_flag(state, set, 1, &value, CAP_SET) != 0 { throw Errno(errno) }
  }

  private func bits(_ set: cap_flag_t) throws(Errno) -> UInt64 {
    var bits: UInt64 = 0
    for value in Self.values {
      var flag = CAP_CLEAR
      // SAFETY: libcap fills the flag.
      if unsafe cap_get_flag(state, value, set, &flag) != 0 { throw Errno(errno) }
      if flag == CAP_SET { bits |= 1 << UInt64(value) }
    }
    return bits
  }
}
