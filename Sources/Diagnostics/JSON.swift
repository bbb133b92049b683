/// A JSON value (RFC 8259) to be written. Object members keep their order, so that equal values give equal text.
package indirect enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  case unsigned(UInt64)
  case string(String)
  case array([JSON])
  case object([Member])

  package struct Member: Sendable, Equatable {
    package let name: String
    package let value: JSON

    package init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// An object from name and value pairs; those without a value are left out.
  package static func object(_ members: KeyValuePairs<String, JSON?>) -> JSON {
    .object(members.compactMap { name, value in value.map { Member(name, $0) } })
  }

  /// On one line, without spaces.
  package var compact: String {
    var writer = Writer(isPretty: false)
    writer.write(self, depth: 0)
    return writer.text
  }

  /// On many lines, indented by two spaces, ending with a newline.
  package var pretty: String {
    var writer = Writer(isPretty: true)
    writer.write(self, depth: 0)
    return writer.text + "\n"
  }

  private struct Writer {
    let isPretty: Bool
    var text = ""

    mutating func write(_ value: JSON, depth: Int) {
      switch value {
      case .null: text += "null"
      case .bool(let truth): text += truth ? "true" : "false"
      case .integer(let number): text += String(number)
      case .unsigned(let number): text += String(number)
      case .string(let string): write(string)
      case .array(let elements):
        write(elements, "[", "]", depth) { writer, element in writer.write(element, depth: depth + 1) }
      case .object(let members):
        write(members, "{", "}", depth) { writer, member in
          writer.write(member.name)
          writer.text += writer.isPretty ? ": " : ":"
          writer.write(member.value, depth: depth + 1)
        }
      }
    }

    private mutating func write<Element>(
      _ elements: [Element], _ opening: String, _ closing: String, _ depth: Int,
      body: (inout Writer, Element) -> Void
    ) {
      text += opening
      for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        startLine(depth + 1)
        body(&self, element)
      }
      if !elements.isEmpty { startLine(depth) }
      text += closing
    }

    private mutating func startLine(_ depth: Int) {
      if isPretty { text += "\n" + String(repeating: "  ", count: depth) }
    }

    private mutating func write(_ string: String) {
      text += "\""
      for scalar in string.unicodeScalars {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        // U+007F and C1 controls are valid in JSON, but not wanted on a terminal.
        case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
          let digits = String(scalar.value, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: text.unicodeScalars.append(scalar)
        }
      }
      text += "\""
    }
  }
}
