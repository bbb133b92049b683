/// Judges values by a JSON Schema, as far as the keywords go that ours has. Any other keyword is an error, so that
/// none is overlooked.
struct SchemaValidator {
  private let root: SchemaValue

  /// A mistake in the schema itself.
  struct Unusable: Error {
    let reason: String
  }

  private static let annotations: Set<String> = [
    "$schema", "$comment", "title", "description", "default", "definitions",
  ]

  init(_ schema: SchemaValue) {
    root = schema
  }

  /// What is wrong with a value, each with the keys that lead to it; empty if it is valid.
  func violations(in value: SchemaValue) throws(Unusable) -> [String] {
    try violations(in: value, under: root, at: "")
  }

  /// The schema that a reference leads to, or the schema itself.
  func resolved(_ schema: SchemaValue) throws(Unusable) -> SchemaValue {
    guard let reference = schema["$ref"]?.text else { return schema }
    let prefix = "#/definitions/"
    guard reference.hasPrefix(prefix), let target = root["definitions"]?[String(reference.dropFirst(prefix.count))],
      schema.table?.count == 1
    else { throw Unusable(reason: "'\(reference)' leads nowhere, or has keywords beside it") }
    return try resolved(target)
  }

  private func violations(
    in value: SchemaValue, under schema: SchemaValue, at path: String
  ) throws(Unusable) -> [String] {
    guard let keywords = try resolved(schema).table else { throw Unusable(reason: "a schema is an object") }
    var found: [String] = []
    for (keyword, argument) in keywords where !Self.annotations.contains(keyword) {
      if let inside = try inside(value, keyword, argument, keywords, path) {
        found += inside
      } else if try !holds(keyword, argument, for: value) {
        found.append("\(path): \(keyword)")
      }
    }
    return found
  }

  /// What is wrong with the parts of a value; `nil` if the keyword is about the value as a whole.
  private func inside(
    _ value: SchemaValue, _ keyword: String, _ argument: SchemaValue, _ keywords: [String: SchemaValue], _ path: String
  ) throws(Unusable) -> [String]? {
    var found: [String] = []
    switch keyword {
    case "properties":
      for (name, member) in value.table ?? [:] {
        guard let schema = argument[name] else { continue }
        found += try violations(in: member, under: schema, at: "\(path).\(name)")
      }
    case "patternProperties":
      for (name, member) in value.table ?? [:] {
        for (pattern, schema) in argument.table ?? [:] where try matches(name, pattern) {
          found += try violations(in: member, under: schema, at: "\(path).\(name)")
        }
      }
    case "additionalProperties":
      guard argument == .boolean(false) else { throw Unusable(reason: "additionalProperties is not false") }
      let patterns = (keywords["patternProperties"]?.table ?? [:]).keys
      for name in (value.table ?? [:]).keys where keywords["properties"]?[name] == nil {
        var isKnown = false
        for pattern in patterns where try matches(name, pattern) { isKnown = true }
        if !isKnown { found.append("\(path): unknown key '\(name)'") }
      }
    case "items":
      for (index, element) in (value.list ?? []).enumerated() {
        found += try violations(in: element, under: argument, at: "\(path)[\(index)]")
      }
    default: return nil
    }
    return found
  }

  private func holds(
    _ keyword: String, _ argument: SchemaValue, for value: SchemaValue
  ) throws(Unusable) -> Bool {
    switch (keyword, argument) {
    case ("type", .text(let type)): return try isOf(type, value)
    case ("const", _): return value == argument
    case ("enum", .list(let values)): return values.contains(value)
    case ("pattern", .text(let pattern)):
      guard let text = value.text else { return true }
      return try matches(text, pattern)
    case ("minimum", .integer(let least)): return value.integer.map { $0 >= least } ?? true
    case ("maximum", .integer(let most)): return value.integer.map { $0 <= most } ?? true
    case ("minItems", .integer(let least)): return value.list.map { $0.count >= least } ?? true
    case ("minProperties", .integer(let least)): return value.table.map { $0.count >= least } ?? true
    case ("required", .list(let names)):
      return value.table.map { table in names.allSatisfy { $0.text.map { table[$0] != nil } ?? false } } ?? true
    case ("anyOf", .list(let schemas)):
      for schema in schemas where try violations(in: value, under: schema, at: "").isEmpty { return true }
      return false
    default: throw Unusable(reason: "the keyword '\(keyword)' is not known here")
    }
  }

  private func isOf(_ type: String, _ value: SchemaValue) throws(Unusable) -> Bool {
    switch (type, value) {
    case ("object", .table), ("array", .list), ("string", .text), ("integer", .integer), ("boolean", .boolean): true
    case ("object", _), ("array", _), ("string", _), ("integer", _), ("boolean", _): false
    default: throw Unusable(reason: "the type '\(type)' is not known here")
    }
  }

  private func matches(_ text: String, _ pattern: String) throws(Unusable) -> Bool {
    do {
      return try Regex(pattern).firstMatch(in: text) != nil
    } catch {
      throw Unusable(reason: "'\(pattern)' is no regular expression: \(error)")
    }
  }
}
