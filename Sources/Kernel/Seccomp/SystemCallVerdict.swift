/// What a seccomp filter has the kernel do with a call: `SECCOMP_RET_*`, include/uapi/linux/seccomp.h.
package enum SystemCallVerdict {
  package static let allow: UInt32 = 0x7FFF_0000
  package static let killProcess: UInt32 = 0x8000_0000

  /// The call is not made and fails with this error.
  package static func fail(_ error: Errno) -> UInt32 { 0x0005_0000 | UInt32(error.rawValue) }
}
