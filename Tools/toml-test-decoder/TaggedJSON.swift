import TOMLSyntax

/// The JSON that the TOML test suite compares: every scalar is an object of its type's name and its text.
enum TaggedJSON {
  static func text(of table: TOMLTable) -> String {
    var output = ""
    append(table, to: &output)
    return output
  }

  private static func append(_ table: TOMLTable, to output: inout String) {
    output += "{"
    for (index, entry) in table.entries.enumerated() {
      if index > 0 { output += "," }
      append(quoted: entry.key.name, to: &output)
      output += ":"
      append(entry.value, to: &output)
    }
    output += "}"
  }

  private static func append(_ value: TOMLValue, to output: inout String) {
    switch value.kind {
    case .string(let text): append(type: "string", text, to: &output)
    case .integer(let number): append(type: "integer", String(number), to: &output)
    case .float(let number): append(type: "float", spelling(of: number), to: &output)
    case .boolean(let truth): append(type: "bool", truth ? "true" : "false", to: &output)
    case .dateTime(let moment): append(type: typeName(of: moment.form), moment.text, to: &output)
    case .table(let table): append(table, to: &output)
    case .array(let elements):
      output += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { output += "," }
        append(element, to: &output)
      }
      output += "]"
    }
  }

  private static func append(type: String, _ text: String, to output: inout String) {
    output += "{\"type\":\"\(type)\",\"value\":"
    append(quoted: text, to: &output)
    output += "}"
  }

  /// The suite's names of the special values; otherwise the shortest text that reads back as the same number.
  private static func spelling(of number: Double) -> String {
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    return number.description
  }

  private static func typeName(of form: TOMLDateTime.Form) -> String {
    switch form {
    case .offsetDateTime: "datetime"
    case .localDateTime: "datetime-local"
    case .localDate: "date-local"
    case .localTime: "time-local"
    }
  }

  private static func append(quoted text: String, to output: inout String) {
    output += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        output += "\\"
        output.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default:
        output.unicodeScalars.append(scalar)
      }
    }
    output += "\""
  }
}
