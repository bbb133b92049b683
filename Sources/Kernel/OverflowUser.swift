/// The user that every other user looks like who has no number here: in a user namespace all those that it does not
/// have, on disks with 16-bit numbers all those that are larger.
///
/// So a file that belongs to this user can be anybody's, and a process that runs as it is not the owner for having the
/// same number. Where there is no other user namespace, it is the user "nobody", whom nobody trusts either.
package enum OverflowUser {
  /// DEFAULT_OVERFLOWUID, include/linux/highuid.h. Nobody's, too, where the number was changed.
  package static var usual: UInt32 { 65534 }

  private static var setting: String { "/proc/sys/kernel/overflowuid" }

  /// The number that this kernel has for it; the usual one where there is no such setting (`subset=pid`, proc(5)).
  package static func number(_ calls: any SystemCalls) throws(KernelError) -> UInt32 {
    do throws(Errno) {
      let descriptor = try calls.open(FilePath(setting), directory: false)
      defer { try? calls.close(descriptor) }
      // A number of at most five digits, and the end of the line.
      var buffer = [UInt8](repeating: 0, count: 16)
      let count = try calls.read(descriptor, into: &buffer)
      guard let number = UInt32(String(decoding: buffer[..<max(count - 1, 0)], as: UTF8.self)) else { throw .invalid }
      return number
    } catch {
      if error == .noSuchFile { return usual }
      throw KernelError("reading \(setting)", error)
    }
  }
}
