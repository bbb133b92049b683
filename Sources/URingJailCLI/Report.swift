import Kernel

/// Messages of the program itself, on standard error, one line each.
enum Report {
  /// Says why the target was not started.
  static func failure(_ message: String, help: String?) {
    let advice = help.map { " (\($0))" } ?? ""
    Console.write("uring-jail: \(printable(message + advice)); nothing was started\n", to: .error)
  }

  /// Names from the command line may hold anything, line breaks and escape sequences included.
  static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "\u{FFFD}" : $0 }))
  }
}
