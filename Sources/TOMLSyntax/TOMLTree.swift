package import Diagnostics

/// A parsed TOML 1.0 document. Keys and values know where they stand in the text.
package struct TOMLDocument: Sendable {
  package let root: TOMLTable
}

/// A table: keys in the order of the text, each at most once.
package struct TOMLTable: Sendable {
  package struct Entry: Sendable {
    package let key: TOMLKey
    package let value: TOMLValue

    package init(key: TOMLKey, value: TOMLValue) {
      self.key = key
      self.value = value
    }
  }

  package let entries: [Entry]

  package init(entries: [Entry]) {
    self.entries = entries
  }

  /// The entry with this key, compared byte by byte, as TOML does. Cost is linear: for the few keys that a reader
  /// of the table knows by name.
  package subscript(name: String) -> Entry? {
    entries.first { $0.key.name.hasSameBytes(as: name) }
  }
}

/// One part of a (dotted) key, unquoted and unescaped.
package struct TOMLKey: Sendable {
  package let name: String
  package let span: SourceSpan
}

/// A value and the bytes it was written with. A table that has a header of its own spans that header; one that
/// only dotted keys made spans the key part that names it.
package struct TOMLValue: Sendable {
  package indirect enum Kind: Sendable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    case dateTime(TOMLDateTime)
    case array([TOMLValue])
    case table(TOMLTable)
  }

  package let kind: Kind
  package let span: SourceSpan
  /// True for an integer that is written in hexadecimal, octal or binary.
  package let hasRadixPrefix: Bool

  package init(kind: Kind, span: SourceSpan, hasRadixPrefix: Bool = false) {
    self.kind = kind
    self.span = span
    self.hasRadixPrefix = hasRadixPrefix
  }

  /// What the value is, as a message names it: "a string", "an array".
  package var typeName: String {
    switch kind {
    case .string: "a string"
    case .integer: "an integer"
    case .float: "a float"
    case .boolean: "a boolean"
    case .dateTime: "a date or time"
    case .array: "an array"
    case .table: "a table"
    }
  }
}

/// A date, a time, or both. The text is a valid RFC 3339 form; nothing here computes with it.
package struct TOMLDateTime: Sendable, Equatable {
  package enum Form: Sendable {
    case offsetDateTime
    case localDateTime
    case localDate
    case localTime
  }

  package let form: Form

  /// As written.
  package let text: String
}
