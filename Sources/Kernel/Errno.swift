private import CLinuxShims
private import Glibc

/// An error number of the kernel.
package struct Errno: Error, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: Int32

  package init(_ rawValue: Int32) {
    self.rawValue = rawValue
  }

  package static let notPermitted = Errno(EPERM)
  package static let noSuchFile = Errno(ENOENT)
  package static let interrupted = Errno(EINTR)
  package static let noSuchDevice = Errno(ENODEV)
  package static let tooManyOpenFiles = Errno(EMFILE)
  package static let tooManyOpenFilesOnSystem = Errno(ENFILE)
  package static let timedOut = Errno(ETIMEDOUT)
  package static let staleHandle = Errno(ESTALE)
  package static let execFormat = Errno(ENOEXEC)
  package static let tryAgain = Errno(EAGAIN)
  package static let fileExists = Errno(EEXIST)
  package static let noChild = Errno(ECHILD)
  package static let badDescriptor = Errno(EBADF)
  package static let noMemory = Errno(ENOMEM)
  package static let accessDenied = Errno(EACCES)
  package static let badAddress = Errno(EFAULT)
  package static let notDirectory = Errno(ENOTDIR)
  package static let isDirectory = Errno(EISDIR)
  package static let invalid = Errno(EINVAL)
  package static let textBusy = Errno(ETXTBSY)
  package static let noSystemCall = Errno(ENOSYS)
  package static let nameTooLong = Errno(ENAMETOOLONG)
  package static let tooManyLinks = Errno(ELOOP)
  package static let argumentsTooLong = Errno(E2BIG)
  package static let fileTooLarge = Errno(EFBIG)
  package static let messageSize = Errno(EMSGSIZE)
  package static let notSupported = Errno(EOPNOTSUPP)
  package static let noData = Errno(ENODATA)
  package static let badState = Errno(EBADFD)

  /// None of the kernel's: a call came back as if it had been made, and was not. Something answers in the kernel's
  /// place: docs/design/0016-asking-back.md.
  package static let pretended = Errno(-1)

  /// The C name, such as `EACCES`.
  package var name: String {
    if self == .pretended { return "not made" }
    // SAFETY: the C library returns a constant string or NULL.
    guard let name = unsafe uj_errno_name(rawValue) else { return "error \(rawValue)" }
    return unsafe String(cString: name)
  }

  /// The C library's words for it, such as `Permission denied`.
  package var meaning: String {
    if self == .pretended {
      return "a seccomp filter (of a container runtime or a service manager) answers the call without making it"
    }
    // SAFETY: the C library returns a constant string or NULL.
    guard let text = unsafe uj_errno_meaning(rawValue) else { return "unknown error" }
    return unsafe String(cString: text)
  }

  package var description: String { self == .pretended ? meaning : "\(meaning) (\(name))" }
}
