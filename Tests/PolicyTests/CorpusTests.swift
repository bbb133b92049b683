import Diagnostics
import Foundation
import Policy
import PolicyAdvice
import PolicyLanguage
import Testing

/// What `Scripts/fuzz` begins with: one idea of the language a file, and the words of the language.
struct CorpusTests {
  private static let folder = Repository.root.appending(path: "Tests/Corpus")

  private static var seeds: [URL] {
    get throws {
      try FileManager.default.contentsOfDirectory(
        at: folder.appending(path: "policy"), includingPropertiesForKeys: nil)
    }
  }

  @Test func everySeedIsReadCheckedAndReported() throws {
    let seeds = try Self.seeds
    #expect((40..<60).contains(seeds.count))
    for seed in seeds {
      let text = PolicyText(
        name: seed.lastPathComponent, bytes: Array(try Data(contentsOf: seed)), folder: nil, identity: nil)
      let result = PolicyLoader.load(text, files: FakeFiles(texts: [:]))
      let remarks = result.policy.map { PolicyChecker.check($0, source: SourceID(0)) } ?? []
      let report = TextRenderer(colour: false).render(result.diagnostics + remarks, sources: result.sources)
      #expect((result.policy == nil) == result.diagnostics.hasErrors, "\(seed.lastPathComponent)")
      #expect(report.isEmpty == (result.diagnostics + remarks).isEmpty, "\(seed.lastPathComponent)")
    }
  }

  @Test func dictionaryHasEveryWordOfTheLanguage() throws {
    let text = try String(contentsOf: Self.folder.appending(path: "policy.dict"), encoding: .utf8)
    let entries = Set(
      text.split(separator: "\n").filter { $0.hasPrefix("\"") }.map { String($0.dropFirst().dropLast()) })
    #expect(Self.words(of: .table(Language.root)).subtracting(entries) == [])
  }

  /// The keys and names below a shape.
  private static func words(of shape: Language.Shape) -> Set<String> {
    switch shape {
    case .version, .text, .reason, .boolean, .integer: []
    case .word(let words): Set(words)
    case .name(let names, numbers: _, patterns: _): Set(names)
    case .list(let element, atLeast: _), .oneOrMore(let element), .anyNumber(let element): words(of: element)
    case .table(let table):
      table.keys.reduce([]) { words, key in words.union([key.name]).union(Self.words(of: key.shape)) }
    case .map(let value, let keys, pattern: _): words(of: value).union(keys)
    }
  }
}
