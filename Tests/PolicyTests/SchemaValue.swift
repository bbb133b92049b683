import Foundation
import TOMLSyntax

/// A value as JSON Schema sees it, whether it was written in JSON or in TOML.
indirect enum SchemaValue: Equatable {
  case boolean(Bool)
  case integer(Int64)
  /// A number that is no integer, or a date: policies have neither.
  case other
  case text(String)
  case list([SchemaValue])
  case table([String: SchemaValue])

  init(_ table: TOMLTable) {
    self = .table(Dictionary(uniqueKeysWithValues: table.entries.map { ($0.key.name, SchemaValue($0.value)) }))
  }

  init(_ value: TOMLValue) {
    switch value.kind {
    case .boolean(let truth): self = .boolean(truth)
    case .integer(let number): self = .integer(number)
    case .float, .dateTime: self = .other
    case .string(let text): self = .text(text)
    case .array(let elements): self = .list(elements.map(SchemaValue.init))
    case .table(let table): self.init(table)
    }
  }

  var table: [String: SchemaValue]? { if case .table(let members) = self { members } else { nil } }
  var list: [SchemaValue]? { if case .list(let elements) = self { elements } else { nil } }
  var text: String? { if case .text(let text) = self { text } else { nil } }
  var integer: Int64? { if case .integer(let number) = self { number } else { nil } }

  /// The member of a table.
  subscript(name: String) -> SchemaValue? { table?[name] }
}

extension SchemaValue: Decodable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let truth = try? container.decode(Bool.self) {
      self = .boolean(truth)
    } else if let number = try? container.decode(Int64.self) {
      self = .integer(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let elements = try? container.decode([SchemaValue].self) {
      self = .list(elements)
    } else {
      self = .table(try container.decode([String: SchemaValue].self))
    }
  }
}
