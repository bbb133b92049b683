import Policy
import URingABI

/// Lists and names as people write them.
enum Words {
  /// How many values of a list are written out.
  static let mostValues = 8

  /// `a`, `a or b`, `a, b or c`; what is beyond a few is counted.
  static func alternatives(_ values: [String]) -> String { list(values, "or") }

  /// `a`, `a and b`, `a, b and c`
  static func all(_ values: [String]) -> String { list(values, "and") }

  private static func list(_ values: [String], _ word: String) -> String {
    var shown = values
    if values.count > mostValues + 1 {
      shown = values.prefix(mostValues) + ["\(values.count - mostValues) more"]
    }
    guard let last = shown.last, shown.count > 1 else { return shown.first ?? "" }
    return "\(shown.dropLast().joined(separator: ", ")) \(word) \(last)"
  }

  /// The names of `AF_*`, or the numbers.
  static func families(_ values: [UInt32]) -> [String] { constants(values, SocketConstants.families) }

  static func constants(_ values: [UInt32], _ table: [SocketConstants.Constant]) -> [String] {
    values.map { SocketConstants.name(of: $0, in: table) }
  }
}
