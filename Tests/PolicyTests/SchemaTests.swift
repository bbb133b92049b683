import Diagnostics
import Foundation
import Policy
import PolicyLanguage
import TOMLSyntax
import TestSupport
import Testing

/// The schema for editors: the committed file is what the language says, and judges policies as the decoder does.
@Suite struct SchemaTests {
  private static let file = Repository.root.appending(path: "schema/uring-jail-policy.schema.json")

  private func schema() throws -> SchemaValue {
    try JSONDecoder().decode(SchemaValue.self, from: Data(PolicySchema.text.utf8))
  }

  /// What the schema has against a policy.
  private func violations(in text: String, _ validator: SchemaValidator) throws -> [String] {
    let document = try #require(TOMLParser.parse(SourceText(name: "policy.toml", text: text)).document, "\(text)")
    return try validator.violations(in: SchemaValue(document.root))
  }

  @Test func committedFileIsTheGeneratedText() throws {
    if ProcessInfo.processInfo.environment["URING_JAIL_RECORD"] == "1" {
      try Data(PolicySchema.text.utf8).write(to: Self.file)
      Issue.record("the schema was written anew; look at the difference, and run the tests without URING_JAIL_RECORD")
      return
    }
    let committed = try String(contentsOf: Self.file, encoding: .utf8)
    #expect(committed == PolicySchema.text, "run this test with URING_JAIL_RECORD=1 and look at the difference")
  }

  @Test func everyKeyIsThereWithItsSummary() throws {
    let schema = try schema()
    try expect(Language.root, in: schema, SchemaValidator(schema), at: "")
  }

  private func expect(
    _ table: Language.Table, in schema: SchemaValue, _ validator: SchemaValidator, at path: String
  ) throws {
    let schema = try validator.resolved(schema)
    #expect(schema["additionalProperties"] == .boolean(false), "\(path)")
    #expect((schema["properties"]?.table ?? [:]).keys.sorted() == table.keys.map(\.name).sorted(), "\(path)")
    for key in table.keys {
      let place = "\(path).\(key.name)"
      let property = try #require(schema["properties"]?[key.name], "\(place)")
      #expect(property["description"] == .text(key.summary), "\(place)")
      #expect((property["default"] == nil) == (key.absent == nil), "\(place)")
      for (inner, innerSchema) in try tables(of: key.shape, in: property, validator) {
        try expect(inner, in: innerSchema, validator, at: place)
      }
    }
  }

  /// The table that a value of the shape is or has in it, with its schema.
  private func tables(
    of shape: Language.Shape, in schema: SchemaValue, _ validator: SchemaValidator
  ) throws -> [(Language.Table, SchemaValue)] {
    switch shape {
    case .table(let table): return [(table, schema)]
    case .list(let element, _): return try tables(of: element, in: #require(schema["items"]), validator)
    case .map(let value, let names, let pattern):
      #expect(schema["additionalProperties"] == .boolean(false))
      #expect((schema["properties"]?.table ?? [:]).keys.sorted() == names.sorted())
      return try tables(of: value, in: #require(schema["patternProperties"]?[pattern]), validator)
    default: return []
    }
  }

  /// Findings about the form of a policy. A schema cannot know the others: they are about what parts mean together.
  private static let form: Set<Diagnostic.ID> = [
    PolicyDiagnostics.missingVersion, PolicyDiagnostics.unsupportedVersion, PolicyDiagnostics.unknownKey,
    PolicyDiagnostics.missingKey, PolicyDiagnostics.unknownName, PolicyDiagnostics.wrongType,
    PolicyDiagnostics.outOfRange, PolicyDiagnostics.emptyList, PolicyDiagnostics.emptyEntry,
    PolicyDiagnostics.invalidPort, PolicyDiagnostics.invalidAddress,
  ]

  @Test func decoderAndSchemaAgreeOnWhatTheLanguageSays() throws {
    let validator = SchemaValidator(try schema())
    let samples = LanguageSamples.policies
    #expect(samples.count > 1_000)
    for sample in samples {
      let errors = ReadPolicy(whole: sample.text).diagnostics.map(\.id).filter(Self.form.contains)
      #expect(errors.isEmpty == sample.isGood, "decoder, \(sample.text)")
      #expect(try violations(in: sample.text, validator).isEmpty == sample.isGood, "schema, \(sample.text)")
    }
  }

  @Test(arguments: SchemaCorpus.valid)
  func whatTheDecoderAcceptsIsValid(text: String) throws {
    #expect(!ReadPolicy(whole: text).diagnostics.hasErrors)
    #expect(try violations(in: text, SchemaValidator(schema())) == [])
  }

  @Test(arguments: SchemaCorpus.invalid)
  func mistakesInFormAreInvalid(text: String) throws {
    #expect(ReadPolicy(text).diagnostics.hasErrors)
    #expect(try violations(in: "policy = 1\n" + text, SchemaValidator(schema())) != [])
  }

  @Test func examplesAreValid() throws {
    let validator = SchemaValidator(try schema())
    for file in try Repository.examples() {
      #expect(try violations(in: String(contentsOf: file, encoding: .utf8), validator) == [], "\(file)")
    }
  }
}
