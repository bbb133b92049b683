import Diagnostics
import Policy
import PolicyAdvice
import PolicyLanguage
import TOMLSyntax

/// How long the steps of reading one policy take, in nanoseconds of a clock that is never set.
struct Measurement {
  /// The minimum and the median of many runs.
  struct Times {
    let minimum: Int64
    let median: Int64

    init(_ runs: [Int64]) {
      precondition(!runs.isEmpty, "something was measured")
      let sorted = runs.sorted()
      minimum = sorted[0]
      median = sorted[sorted.count / 2]
    }
  }

  let name: String
  /// Prefixes in the policy.
  let prefixes: Int
  let bytes: Int
  let runs: Int
  let parse: Times
  let decode: Times
  let check: Times
  /// The three steps of one run together.
  let all: Times

  init(_ name: String, _ text: String, prefixes: Int, runs: Int) {
    let source = SourceText(name: name, text: text)
    var parse: [Int64] = []
    var decode: [Int64] = []
    var check: [Int64] = []
    // The first run pays for what is set up once and is not counted.
    for run in 0...runs {
      let times = Self.steps(source)
      guard run > 0 else { continue }
      parse.append(times.parse)
      decode.append(times.decode)
      check.append(times.check)
    }
    self.name = name
    self.prefixes = prefixes
    self.bytes = source.bytes.count
    self.runs = runs
    self.parse = Times(parse)
    self.decode = Times(decode)
    self.check = Times(check)
    all = Times(parse.indices.map { parse[$0] + decode[$0] + check[$0] })
  }

  /// Reads the policy once, and says how long each step took.
  @discardableResult
  static func steps(_ source: SourceText) -> (parse: Int64, decode: Int64, check: Int64) {
    let start = SuspendingClock.now
    guard let document = TOMLParser.parse(source).document else { preconditionFailure("the text is TOML") }
    let parsed = SuspendingClock.now
    let result = PolicyDecoder.decode(document, source: source)
    guard let policy = result.policy else {
      preconditionFailure(TextRenderer(colour: false).render(result.diagnostics, sources: [source]))
    }
    let decoded = SuspendingClock.now
    let remarks = PolicyChecker.check(policy, source: source.id)
    let checked = SuspendingClock.now
    precondition(!remarks.hasErrors, "the policy passes its own tests")
    return (nanoseconds(parsed - start), nanoseconds(decoded - parsed), nanoseconds(checked - decoded))
  }

  private static func nanoseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
