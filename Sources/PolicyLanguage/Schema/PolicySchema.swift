import Diagnostics
import Policy
import URingABI

/// The language as a JSON Schema, with which editors complete and check policies while they are written.
///
/// It accepts every policy that the decoder accepts. It does not refuse all that the decoder refuses: what one key
/// means for another, such as a condition on an operation that is not allowed, is beyond it.
///
/// The dialect is draft 7, the newest that editors for TOML know well.
package enum PolicySchema {
  /// The schema file, ending with a newline.
  package static var text: String { document.pretty }

  private static var document: JSON {
    .object(
      [
        Member("$schema", .string("http://json-schema.org/draft-07/schema#")),
        Member("$comment", .string("Made from Sources/PolicyLanguage/Language.swift, so change that file.")),
        Member("title", .string("uring-jail policy")),
        Member("description", .string("What a program may do with io_uring.")),
      ] + table(Language.root) + [Member("definitions", .object(definitions))])
  }

  private typealias Member = JSON.Member

  // MARK: Definitions

  /// Shapes that stand in several places are written once.
  private static let shared: [(name: String, shape: Language.Shape)] = [
    ("operation", Language.operationName), ("register-opcode", Language.registerName),
    ("operation-conditions", .table(Language.operation)), ("sqe-flag", Language.flag(of: SQEFlags.vocabulary)),
    ("open-flag", Language.flag(of: OpenConstants.flags)), ("mode-bit", Language.flag(of: OpenConstants.mode)),
    ("resolve-flag", Language.flag(of: OpenConstants.resolve)), ("address-family", Language.addressFamily),
  ]

  private static var definitions: [Member] {
    shared.map { Member($0.name, .object(written($0.shape))) }
  }

  // MARK: Shapes

  private static func table(_ table: Language.Table) -> [Member] {
    var members = [
      Member("type", .string("object")),
      Member("properties", .object(table.keys.map { Member($0.name, .object(key($0))) })),
    ]
    if !table.required.isEmpty { members.append(Member("required", .array(table.required.map(JSON.string)))) }
    if !table.mayBeEmpty { members.append(Member("minProperties", .integer(1))) }
    return members + [closed]
  }

  /// No other keys than those that are named.
  private static var closed: Member { Member("additionalProperties", .bool(false)) }

  private static func key(_ key: Language.Key) -> [Member] {
    [Member("description", .string(key.summary))] + members(of: key.shape)
      + (key.absent.map { [Member("default", $0)] } ?? [])
  }

  /// The shape, or where it is written.
  private static func members(of shape: Language.Shape) -> [Member] {
    guard let definition = shared.first(where: { $0.shape == shape }) else { return written(shape) }
    return [Member("$ref", .string("#/definitions/\(definition.name)"))]
  }

  private static func written(_ shape: Language.Shape) -> [Member] {
    switch shape {
    case .version: [Member("const", .integer(Int64(Policy.languageVersion)))]
    case .text: [Member("type", .string("string"))]
    case .reason: [Member("type", .string("string")), Member("pattern", .string("\\S"))]
    case .boolean: [Member("type", .string("boolean"))]
    case .integer(let range): integer(range)
    case .word(let words): [Member("enum", .array(words.map(JSON.string)))]
    case .name(let names, let numbers, let patterns): anyOf(name(names, numbers, patterns))
    case .list(let element, let least): list(of: element, atLeast: least)
    case .oneOrMore(let element): anyOf(alternatives(element) + [list(of: element, atLeast: 1)])
    case .anyNumber(let element): anyOf(alternatives(element) + [list(of: element, atLeast: 0)])
    case .table(let fixed): table(fixed)
    case .map(let value, let names, let pattern): map(of: value, names, pattern)
    }
  }

  /// What a single value can be, without an `anyOf` inside another one.
  private static func alternatives(_ shape: Language.Shape) -> [[Member]] {
    if case .name(let names, let numbers, let patterns) = shape, !shared.contains(where: { $0.shape == shape }) {
      return name(names, numbers, patterns)
    }
    return [members(of: shape)]
  }

  private static func anyOf(_ alternatives: [[Member]]) -> [Member] {
    if alternatives.count == 1 { return alternatives[0] }
    return [Member("anyOf", .array(alternatives.map(JSON.object)))]
  }

  private static func name(
    _ names: [String], _ numbers: ClosedRange<Int64>?, _ patterns: [String]
  ) -> [[Member]] {
    var alternatives: [[Member]] = []
    if !names.isEmpty { alternatives.append([Member("enum", .array(names.map(JSON.string)))]) }
    alternatives += patterns.map { [Member("type", .string("string")), Member("pattern", .string($0))] }
    if let numbers { alternatives.append(integer(numbers)) }
    return alternatives
  }

  private static func integer(_ range: ClosedRange<Int64>) -> [Member] {
    var members = [Member("type", .string("integer")), Member("minimum", .integer(range.lowerBound))]
    // TOML has no larger one, and many readers of JSON would round it.
    if range.upperBound < .max { members.append(Member("maximum", .integer(range.upperBound))) }
    return members
  }

  private static func list(of element: Language.Shape, atLeast least: Int) -> [Member] {
    [Member("type", .string("array")), Member("items", .object(members(of: element)))]
      + (least > 0 ? [Member("minItems", .integer(Int64(least)))] : [])
  }

  private static func map(of value: Language.Shape, _ names: [String], _ pattern: String) -> [Member] {
    let value = JSON.object(members(of: value))
    // Editors propose properties, and cannot propose what a pattern matches.
    return [Member("type", .string("object"))]
      + (names.isEmpty ? [] : [Member("properties", .object(names.map { Member($0, value) }))])
      + [Member("patternProperties", .object([Member(pattern, value)])), closed]
  }
}
