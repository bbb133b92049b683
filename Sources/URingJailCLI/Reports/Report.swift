import Diagnostics
import Kernel

/// Messages of the program itself.
package enum Report {
  /// Says why the target was not started, on one line.
  static func failure(_ message: String, help: String?) {
    error("\(message)\(help.map { " (\($0))" } ?? ""); nothing was started")
  }

  /// Something to know about a target that is started nevertheless.
  static func warning(_ message: String) { error("warning: \(message)") }

  /// One line on standard error.
  static func error(_ message: String) {
    Console.write("uring-jail: \(printable(message))\n", to: .error)
  }

  /// Findings for people, in colour on a terminal.
  static func findings(_ diagnostics: [Diagnostic], _ sources: [SourceText], to stream: Console.Stream) {
    let renderer = TextRenderer(colour: Console.wantsColour(stream), columns: Console.columns(of: stream))
    Console.write(renderer.render(diagnostics, sources: sources), to: stream)
  }

  /// Writes a result; false if standard output did not take it.
  static func result(_ text: String) -> Bool { result(Array(text.utf8)) }

  /// The same for bytes.
  static func result(_ bytes: [UInt8]) -> Bool {
    if Console.write(bytes, to: .output) { return true }
    error("cannot write to standard output")
    return false
  }

  /// Names from the command line may hold anything, line breaks and escape sequences included.
  package static func printable(_ text: String) -> String { TextRenderer.printable(text) }

  /// `file:line`, on one line.
  static func place(_ span: SourceSpan, in sources: [SourceText]) -> String {
    guard let source = sources.first(where: { $0.id == span.source }) else { return "?" }
    return "\(printable(source.name)):\(source.position(of: span.start).line)"
  }
}
