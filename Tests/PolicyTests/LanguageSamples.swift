import Policy
import PolicyLanguage

/// Policies made from the table of the language, one for each thing that a key can be: some in its form, some not.
enum LanguageSamples {
  struct Sample {
    /// A TOML value.
    let text: String
    /// True if it has the form that the table describes.
    let isGood: Bool
  }

  /// Whole policies.
  static var policies: [Sample] {
    var policies: [Sample] = []
    for key in Language.root.keys where key.name != "policy" {
      policies += samples(of: key.shape).map { sample in
        Sample(text: "policy = 1\n\(key.name) = \(sample.text)\n", isGood: sample.isGood)
      }
    }
    let versions = samples(of: .version).map { Sample(text: "policy = \($0.text)\n", isGood: $0.isGood) }
    let unknown = Sample(text: "policy = 1\nnonsense = 1\n", isGood: false)
    return policies + versions + [unknown, Sample(text: "description = \"x\"\n", isGood: false)]
  }

  static func samples(of shape: Language.Shape) -> [Sample] {
    switch shape {
    case .version: good(["1"]) + bad(["2", "0", "\"1\"", "[1]"])
    case .text: good(["\"x\"", "\"\""]) + bad(["1", "[[\"x\"]]", "{}"])
    case .reason: good(["\"x\"", "\" x \""]) + bad(["\"\"", "\" \"", "1", "[\"x\"]", "{}"])
    case .boolean: good(["true", "false"]) + bad(["1", "\"true\""])
    case .integer(let range): integers(range) + bad(["\"3\"", "true", "3.5"])
    case .word(let words): good(words.map(quoted)) + bad(["\"nonsense\"", "\"\"", "1", "[[\(quoted(words[0]))]]"])
    case .name(let names, let numbers, _):
      good(names.map(quoted)) + bad(["\"no such name\"", "\"\"", "true", "1.5"])
        + (numbers.map(integers) ?? bad(["1"]))
    case .list(let element, let least):
      list(of: element, atLeast: least) + bad(["\"@basic\"", first(element)])
    case .oneOrMore(let element): samples(of: element) + list(of: element, atLeast: 1)
    case .anyNumber(let element): samples(of: element) + list(of: element, atLeast: 0)
    case .table(let table): samples(of: table)
    case .map(let value, let names, _):
      samples(of: value).map { Sample(text: "{ \(names.first ?? "own") = \($0.text) }", isGood: $0.isGood) }
        + good(names.map { "{ \($0) = \(first(value)) }" } + ["{}"])
        + bad(["{ \"no such name\" = \(first(value)) }", "1", "[]"])
    }
  }

  private static func samples(of table: Language.Table) -> [Sample] {
    /// A table with every required key, and one more.
    func with(_ name: String?, _ text: String = "") -> String {
      let others = table.keys.filter { table.required.contains($0.name) && $0.name != name }
      let members = others.map { "\($0.name) = \(first($0.shape))" } + (name.map { ["\($0) = \(text)"] } ?? [])
      return "{ \(members.joined(separator: ", ")) }"
    }
    var samples = table.keys.flatMap { key in
      Self.samples(of: key.shape).map { Sample(text: with(key.name, $0.text), isGood: $0.isGood) }
    }
    samples += bad([with("nonsense", "1"), "1", "\"x\"", "[]"])
    samples.append(Sample(text: "{}", isGood: table.mayBeEmpty && table.required.isEmpty))
    for missing in table.keys where table.required.contains(missing.name) && table.required.count > 1 {
      let others = table.keys.filter { table.required.contains($0.name) && $0.name != missing.name }
      samples += bad(["{ \(others.map { "\($0.name) = \(first($0.shape))" }.joined(separator: ", ")) }"])
    }
    return samples
  }

  private static func list(of element: Language.Shape, atLeast least: Int) -> [Sample] {
    samples(of: element).map { Sample(text: "[\($0.text)]", isGood: $0.isGood) }
      + [Sample(text: "[]", isGood: least == 0), Sample(text: "[\(first(element)), true]", isGood: false)]
  }

  private static func integers(_ range: ClosedRange<Int64>) -> [Sample] {
    good([String(range.lowerBound), String(range.upperBound)]) + bad([String(range.lowerBound - 1)])
      + (range.upperBound < .max ? bad([String(range.upperBound + 1)]) : [])
  }

  /// A value in the form of the shape.
  private static func first(_ shape: Language.Shape) -> String {
    samples(of: shape).first { $0.isGood }.map(\.text) ?? "1"
  }

  private static func good(_ texts: [String]) -> [Sample] { texts.map { Sample(text: $0, isGood: true) } }
  private static func bad(_ texts: [String]) -> [Sample] { texts.map { Sample(text: $0, isGood: false) } }
  private static func quoted(_ text: String) -> String { "\"\(text)\"" }
}
