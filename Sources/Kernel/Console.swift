private import CLinuxShims
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
    write(Array(text.utf8), toDescriptor: stream.rawValue)
  }

  /// The same for bytes.
  @discardableResult
  package static func write(_ bytes: [UInt8], to stream: Stream) -> Bool {
    write(bytes, toDescriptor: stream.rawValue)
  }

  /// The same for any descriptor.
  @discardableResult
  package static func write(_ text: String, toDescriptor descriptor: Int32) -> Bool {
    write(Array(text.utf8), toDescriptor: descriptor)
  }

  private static func write(_ bytes: [UInt8], toDescriptor descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      // SAFETY: the slice's storage lives through the call, and its own count bounds what is read.
      let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        return false
      }
      if written == 0 { return false }
      rest = rest.dropFirst(written)
    }
    return true
  }

  /// True if the stream is a terminal whose user did not ask for plain text (https://no-color.org).
  package static func wantsColour(_ stream: Stream) -> Bool {
    if let noColour = environment("NO_COLOR"), !noColour.isEmpty { return false }
    return controlsCursor(stream)
  }

  /// True if the stream is a terminal on which a line can be overwritten.
  package static func controlsCursor(_ stream: Stream) -> Bool {
    isTerminal(stream) && environment("TERM").map { String(decoding: $0, as: UTF8.self) } != "dumb"
  }

  package static func isTerminal(_ stream: Stream) -> Bool { isatty(stream.rawValue) == 1 }

  /// The width of the terminal; `nil` if the stream is none, or does not say (ioctl_tty(2), TIOCGWINSZ).
  package static func columns(of stream: Stream) -> Int? {
    let columns = uj_terminal_columns(stream.rawValue)
    return columns > 0 ? Int(columns) : nil
  }

  /// True if standard input is what somebody types.
  package static var isTypedInto: Bool { isatty(0) == 1 }

  /// getpid(2), which cannot fail.
  package static var processID: Int32 { getpid() }

  /// The bytes of an environment variable, or `nil` if it is not set.
  package static func environment(_ name: String) -> [UInt8]? {
    // SAFETY: nothing in this single-threaded program changes the environment.
    unsafe name.withCString { name in unsafe getenv(name).map { unsafe String.bytes(of: $0) } }
  }
}
