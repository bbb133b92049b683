private import Glibc

/// The standard streams and the environment of this process.
package enum Console {
  package enum Stream: Int32, Sendable {
    case output = 1
    case error = 2
  }

  /// Writes all of the text, as far as the stream takes it: there is nobody left to tell that telling failed.
  ///
  /// - Returns: false if the stream did not take everything.
  @discardableResult
  package static func write(_ text: String, to stream: Stream) -> Bool {
    write(text, toDescriptor: stream.rawValue)
  }

  /// The same for any descriptor.
  package static func write(_ text: String, toDescriptor descriptor: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      // SAFETY: the slice's storage lives through the call, and its own count bounds what is read.
      let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        return false
      }
      rest = rest.dropFirst(written)
    }
    return true
  }

  /// True if the stream is a terminal whose user did not ask for plain text (https://no-color.org).
  package static func wantsColour(_ stream: Stream) -> Bool {
    guard isatty(stream.rawValue) == 1 else { return false }
    if let noColour = environment("NO_COLOR"), !noColour.isEmpty { return false }
    return environment("TERM").map { String(decoding: $0, as: UTF8.self) } != "dumb"
  }

  /// getpid(2), which cannot fail.
  package static var processID: Int32 { getpid() }

  /// The bytes of an environment variable, or `nil` if it is not set.
  package static func environment(_ name: String) -> [UInt8]? {
    // SAFETY: nothing in this single-threaded program changes the environment.
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String.bytes(of: value)
  }
}
