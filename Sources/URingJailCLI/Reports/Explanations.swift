import Diagnostics
import FilterCompiler
import Kernel
import Policy
import PolicyLanguage
import PolicyProof

/// What every kind of finding means.
enum Explanations {
  static let all =
    (PolicyExplanations.all + CompilationExplanations.all + ProofDiagnostics.explanations)
    .sorted { $0.id.name < $1.id.name }

  /// Writes one explanation, or with `all` a line for each. The ID must exist. False if it could not be written.
  static func print(_ id: String) -> Bool {
    let text =
      id == "all"
      ? all.map { "\(padded($0.id.name, 30)) \(padded($0.severity.rawValue, 8)) \($0.title)\n" }.joined()
      : all.filter { $0.id.name == id }.map(page).joined()
    return Report.result(text)
  }

  private static func page(_ explanation: Explanation) -> String {
    var text = "\(explanation.id) (\(explanation.severity.rawValue)): \(explanation.title)\n\n"
    text += wrapped(explanation.meaning) + "\n"
    if let example = explanation.example {
      text += "\nExample:\n\n" + example.split(separator: "\n").map { "    \($0)\n" }.joined()
    }
    return text
  }

  /// Text in lines of at most 80 characters.
  private static func wrapped(_ text: String) -> String {
    var lines: [String] = []
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      if let last = lines.last, last.count + word.count < 80 {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
