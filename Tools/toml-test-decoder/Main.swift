import Diagnostics
import Glibc
import TOMLSyntax

/// A decoder for the public TOML test suite: TOML on standard input, tagged JSON on standard output.
///
/// Exit status: 0 the text is valid, 1 it is not and standard error says why, 2 the input cannot be read.
@main
struct Main {
  static func main() {
    guard let bytes = StandardStream.readInput() else { exit(2) }
    let source = SourceText(name: "standard input", bytes: bytes)
    let result = TOMLParser.parse(source)
    guard let document = result.document else {
      StandardStream.write(TextRenderer(colour: false).render(result.diagnostics, sources: [source]), to: STDERR_FILENO)
      exit(1)
    }
    StandardStream.write(TaggedJSON.text(of: document.root) + "\n", to: STDOUT_FILENO)
  }
}

/// The standard streams, read and written whole.
enum StandardStream {
  /// All bytes until the end; `nil` if reading fails.
  static func readInput() -> [UInt8]? {
    var contents: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      // SAFETY: the buffer lives through the call, and its own count bounds what is written to it.
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(STDIN_FILENO, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        return nil
      }
      if count == 0 { return contents }
      contents += buffer[..<count]
    }
  }

  /// Writes as much of the text as the stream takes.
  static func write(_ text: String, to stream: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      // SAFETY: the slice's storage lives through the call, and its own count bounds what is read.
      let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(stream, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        return
      }
      rest = rest.dropFirst(written)
    }
  }
}
