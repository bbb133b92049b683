import Diagnostics

/// Finds the mistyped option in a command line that ArgumentParser refused: it reports what is missing because of the
/// typo before the typo itself.
enum OptionSpelling {
  private static let known = ["--policy", "--help", "-h", "--version"]

  /// What to say about the first unknown option before `--`; `nil` if there is none.
  ///
  /// `arguments`: with the program's own name at index 0.
  static func complaint(about arguments: [String]) -> String? {
    var isValue = false
    for argument in arguments.dropFirst().prefix(while: { $0 != "--" }) {
      defer { isValue = !isValue && argument == "--policy" }
      guard !isValue, argument.hasPrefix("-") else { continue }
      let name = String(argument.prefix { $0 != "=" })
      if known.contains(name) { continue }
      let suggestion = Spelling.nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
      return "unknown option '\(name)'\(suggestion)"
    }
    return nil
  }
}
