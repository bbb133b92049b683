import Policy
import PolicyLanguage
import URingABI

extension ParsedLine {
  /// The value of `--operation`: a name, or a number for one that has none.
  func operation(_ option: CommandOption) throws(Mistake) -> URingABI.Operation? {
    guard let text = value(option) else { return nil }
    if let operation = URingABI.Operation(name: text) ?? UInt8(text).map(URingABI.Operation.init(code:)) {
      return operation
    }
    let help = NameAdvice.help(for: text, among: URingABI.Operation.known.map(\.name))
    throw .says("There is no operation '\(text)'\(help.map { "; \($0)" } ?? "")")
  }
}
