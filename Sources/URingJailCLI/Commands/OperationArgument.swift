import ArgumentParser
import Policy
import PolicyLanguage
import URingABI

/// The value of `--operation`.
enum OperationArgument {
  /// A name, or a number for one that has none.
  static func parse(_ text: String) throws -> URingABI.Operation {
    if let operation = URingABI.Operation(name: text) ?? UInt8(text).map(URingABI.Operation.init(code:)) {
      return operation
    }
    let help = NameAdvice.help(for: text, among: URingABI.Operation.known.map(\.name))
    throw ValidationError("There is no operation '\(text)'\(help.map { "; \($0)" } ?? "")")
  }
}
