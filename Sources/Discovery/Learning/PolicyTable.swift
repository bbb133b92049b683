import URingABI

/// One table of a policy that is being written.
struct PolicyTable {
  /// A value, and what is said of it.
  struct Entry: Equatable {
    let value: String
    let tally: Tally
  }

  private let header: String
  private var body = ""

  init(_ header: String) {
    self.header = header
  }

  /// Empty if the table has nothing.
  var text: String { body.isEmpty ? "" : "\(header)\n\(body)" }

  mutating func remark(_ text: String?) {
    if let text { body += "# \(text)\n" }
  }

  /// A list with an entry on each line.
  mutating func list(_ key: String, _ entries: [Entry], isWanted: Bool = true) {
    if !isWanted { return }
    if entries.isEmpty {
      body += "\(key) = []\n"
      return
    }
    // Remarks stand below each other, unless a value is long.
    let width = min(48, entries.map(\.value.count).max() ?? 0)
    body += "\(key) = [\n"
    for entry in entries {
      let space = String(repeating: " ", count: max(0, width - entry.value.count))
      body += "  \(entry.value),\(space)  # \(entry.tally.text)\n"
    }
    body += "]\n"
  }

  /// A basic string of TOML.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// A name of the table, or the number.
  static func constant(_ value: UInt32, _ table: [SocketConstants.Constant]) -> String {
    table.first { $0.value == value }.map { quoted($0.name) } ?? String(value)
  }
}

extension Tally {
  private static let unknown = "from before"

  /// `12 times, first 2026-11-21T14:03:59Z: read sqe-flags=fixed_file`
  var text: String {
    if count == 0, first == 0 { return Self.unknown }
    let times = count == 1 ? "once" : "\(count) times"
    let when = first == 0 ? "" : ", first \(CalendarTime.text(seconds: first))"
    return times + when + (example.isEmpty ? "" : ": \(example)")
  }

  /// Reads the remark at the end of a line; what is not of this form counts as unknown.
  init(remarkOn line: String) {
    self.init(count: 0)
    guard let mark = line.lastIndex(of: "#") else { return }
    let text = line[line.index(after: mark)...].drop { $0 == " " }
    let words = text.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
    let count: UInt64? = words.first == "once," || words.first == "once" ? 1 : words.first.flatMap { UInt64($0) }
    guard let count, let first = words.firstIndex(of: "first"), first + 1 < words.count else { return }
    let time = words[first + 1].prefix { $0 != "Z" } + "Z"
    guard let seconds = CalendarTime.seconds(String(time)) else { return }
    let example = text.firstRange(of: "Z: ").map { String(text[$0.upperBound...]) } ?? ""
    self.init(count: count, first: seconds, example: example)
  }
}

extension Tallies {
  func entries(_ value: (Key) -> String) -> [PolicyTable.Entry] {
    keys.compactMap { key in self[key].map { PolicyTable.Entry(value: value(key), tally: $0) } }
  }
}
