import Diagnostics

/// What a file is that was given as a policy and is none.
enum ForeignText: CaseIterable {
  case program
  case binary
  case json
  case yaml
  case xml
  case unit
  case script

  /// `nil` for what may be meant as TOML. Only for a text that is no TOML: some policies begin like other things.
  init?(_ bytes: [UInt8]) {
    let lines = Self.firstLines(of: bytes)
    let found = Self.allCases.first { kind in
      switch kind {
      case .program: bytes.starts(with: [0x7F] + "ELF".utf8)
      case .binary: bytes.prefix(4_096).contains(0) || bytes.starts(with: [0x1F, 0x8B])
      case .json: lines.first?.hasPrefix("{") ?? false
      case .xml: lines.first?.hasPrefix("<") ?? false
      case .script: bytes.starts(with: "#!".utf8)
      case .unit: lines.contains { Self.sections.contains($0) }
      case .yaml: lines.first == "---" || lines.first.map(Self.isMapping) ?? false
      }
    }
    guard let found else { return nil }
    self = found
  }

  var description: String {
    switch self {
    case .program: "a program"
    case .binary: "a binary file"
    case .json: "JSON"
    case .yaml: "YAML"
    case .xml: "XML"
    case .unit: "a systemd unit file"
    case .script: "a script"
    }
  }

  var help: String {
    switch self {
    case .program, .script: "name the policy with --policy, and the command behind --"
    case .unit: "name the policy in ExecStart=: uring-jail --policy POLICY -- COMMAND"
    case .binary, .json, .yaml, .xml: "policies are written in TOML, and begin with: policy = 1"
    }
  }

  private static let sections = ["[Unit]", "[Service]", "[Install]", "[Socket]", "[Timer]", "[Container]"]

  /// The first lines that are neither empty nor a comment of TOML, without blanks around them.
  private static func firstLines(of bytes: [UInt8]) -> [String] {
    String(decoding: bytes.prefix(4_096), as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { line in
        var text = line
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text.drop(while: \.isWhitespace))
      }
      .filter { !$0.isEmpty && !$0.hasPrefix("#") }
  }

  /// `key: value`, or `key:`.
  private static func isMapping(_ line: String) -> Bool {
    guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else { return false }
    let isKey = line[..<colon].allSatisfy { $0.isLetter || $0.isNumber || "_-.".contains($0) }
    let rest = line[line.index(after: colon)...]
    return isKey && (rest.isEmpty || rest.hasPrefix(" "))
  }
}
