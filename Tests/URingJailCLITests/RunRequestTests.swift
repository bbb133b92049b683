import Kernel
import TestSupport
import Testing

@testable import URingJailCLI

/// What `run` makes of its command line, and that a second reading comes to the same.
struct RunRequestTests {
  private static let alphabet = [
    "--policy", "--policy=x", "--policy=", "--policy=-x", "x", "./x", "--", "run", "--help", "-h", "--version", "",
    "--polic", "check", "test", "operations", "--unknown", "-", "help", "-x", "--policy=a=b",
    "--accept-untrusted-policy", "--accept-untrusted-policy=x", "--keep-fd=3",
  ]

  /// The tokens that well-formed command lines are made of.
  private static let grammar = ["--policy", "--policy=x", "-", "--", "run", "--accept-untrusted-policy"]

  /// What a recognised command line can begin with.
  private static let beginnings: Set = [
    "--policy", "--policy=x", "--policy=a=b", "--policy=-x", "run", "--accept-untrusted-policy", "--keep-fd=3",
  ]

  @Test(arguments: alphabet)
  func everyShortCommandLineMeansTheSameToTheReference(_ first: String) {
    let length = Self.beginnings.contains(first) ? 3 : 2
    let lines = CommandLines.all(of: Self.alphabet, upTo: length).map { [first] + $0 }
    #expect(lines.allSatisfy { CommandLines.request($0) == nil } == !Self.beginnings.contains(first))
    for line in lines { #expect(CommandLines.request(line) == ReferenceReading.request(line), "\(line)") }
  }

  @Test(arguments: grammar)
  func everyLongerCommandLineMeansTheSameToTheReference(_ first: String) {
    let lines = CommandLines.all(of: Self.grammar, upTo: 5).map { [first] + $0 }
    #expect(lines.contains { $0.count == 6 && CommandLines.request($0) != nil } == Self.beginnings.contains(first))
    for line in lines { #expect(CommandLines.request(line) == ReferenceReading.request(line), "\(line)") }
  }

  @Test func wellFormedCommandLinesAreRecognised() {
    let request = Asked(["x"], command: ["cmd", "-a", "--", "--policy", "y"])
    for options in [["--policy", "x"], ["--policy=x"], ["run", "--policy", "x"], ["run", "--policy=x"]] {
      let line = options + ["--", "cmd", "-a", "--", "--policy", "y"]
      #expect(CommandLines.request(line) == request)
    }
  }

  @Test func policiesKeepTheirOrder() {
    let line = ["--policy", "b", "--accept-untrusted-policy", "--policy=a", "--policy", "-", "--policy=b", "--", "x"]
    let request = Asked(["b", "a", "-", "b"], acceptsUntrustedPolicy: true, command: ["x"])
    #expect(CommandLines.request(line) == request)
  }

  @Test func policyAndCommandMayHaveAnyName() {
    for name in ["run", "help", "check", "a=b", "=", " ", "é", "\n", "x\u{301}", "-"] {
      #expect(CommandLines.request(["--policy", name, "--", name]) == Asked([name], command: [name]))
    }
    #expect(CommandLines.request(["--policy", "x", "--", "--"]) == Asked(["x"], command: ["--"]))
    #expect(CommandLines.request(["--policy", "x", "--", ""]) == Asked(["x"], command: [""]))
  }

  @Test(arguments: [
    [], ["run"], ["--"], ["--", "x"], ["--policy"], ["--policy", "x"], ["--policy", "x", "--"], ["--policy=x"],
    ["--policy", "x", "y"], ["--policy", "x", "y", "--", "z"], ["--policy=", "--", "x"], ["--policy=", "x", "--", "y"],
    ["--policy", "", "--", "x"], ["--policy", "--", "x"], ["--policy", "x", "--policy=", "--", "z"],
    ["--policy", "x", "--policy=", "y", "--", "z"], ["--policy", "x", "run", "--", "z"],
    ["run", "run", "--policy", "x", "--", "z"], ["--Policy", "x", "--", "z"], ["--policy", "x", "--help", "--", "z"],
    ["--help", "--policy", "x", "--", "z"], ["-policy", "x", "--", "z"], ["--version", "--policy", "x", "--", "z"],
    ["x", "--policy", "x", "--", "z"], ["--polic", "x", "--", "z"], ["check", "--policy", "x", "--", "z"],
    ["--accept-untrusted-policy", "--", "z"], ["--accept-untrusted-policy=1", "--policy", "x", "--", "z"],
  ])
  func anythingElseIsRefused(_ line: [String]) {
    #expect(CommandLines.request(line) == nil)
  }

  // MARK: Options with and without values

  /// Words of which command lines are drawn: those of `run`, their values, and neighbours of both.
  private static let words = [
    "--policy=x", "--policy", "x", "--keep-fd", "--keep-fd=7", "--keep-fd=", "--keep-fd=2", "all", "3-9", "9-3", "2-5",
    "3-", "-", "--status-fd",
    "--status-fd=8", "--status-fd=7", "7", "8", "3", "2147483647", "2147483648", "07", "+7", "-7", "7 ", "0x7",
    "--dry-run",
    "--dry-run=1", "--json", "-v", "--verbose", "--verbos", "-vv", "--accept-untrusted-policy", "run", "-",
  ]

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func drawnCommandLinesMeanTheSameToTheReference(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var recognised = 0
    for _ in 0..<2_000 {
      var line: [String] = []
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        line.append(Self.words[Int.random(in: Self.words.indices, using: &random)])
      }
      // Most are near to what is well formed.
      if Int.random(in: 0..<8, using: &random) > 0 {
        line.insert("--policy=p", at: Int.random(in: 0...line.count, using: &random))
      }
      line += ["--", "target", "--json"]
      let request = CommandLines.request(line)
      if request != nil { recognised += 1 }
      #expect(request == ReferenceReading.request(line), "\(line)")
    }
    #expect(recognised > 100)
  }

  @Test func everyOptionIsTaken() {
    var options = RunOptions()
    options.isVerbose = true
    options.isDryRun = true
    options.isJSON = true
    options.keptDescriptors = [7, 3]
    options.keptRanges = [4...9, 3...Int32.max]
    options.statusDescriptor = 8
    let expected = Asked(["x"], options: options, command: ["c"])
    for line in [
      [
        "-v", "--keep-fd", "7", "--dry-run", "--policy", "x", "--status-fd", "8", "--json", "--keep-fd=3",
        "--keep-fd", "4-9", "--keep-fd", "all", "--", "c",
      ],
      [
        "run", "--keep-fd=7", "--keep-fd=4-9", "--keep-fd", "3", "--keep-fd=all", "--verbose", "--json",
        "--status-fd=8", "--dry-run", "--policy=x", "--",
        "c",
      ],
    ] {
      #expect(CommandLines.request(line) == expected)
    }
  }

  @Test(arguments: [
    ["--keep-fd", "2"], ["--keep-fd", "x"], ["--keep-fd="], ["--keep-fd", "03"], ["--keep-fd", "9-3"],
    ["--keep-fd", "2-9"], ["--keep-fd", "3-"], ["--keep-fd", "-9"],
    ["--keep-fd", "3-9-12"], ["--keep-fd", "all-9"], ["--keep-fd", "ALL"], ["--keep-fd", "3 - 9"], ["--status-fd=all"],
    ["--status-fd", "3-9"], ["--keep-fd", "3-2147483648"], ["--keep-fd", "2147483648"],
    ["--keep-fd", "99999999999999999999"], ["--status-fd", "1"], ["--status-fd=8", "--status-fd=9"],
    ["--status-fd=8", "--keep-fd=8"], ["--json"], ["--keep-fd"], ["--dry-run=yes"], ["--keep-fd", "٣"],
  ])
  func valuesThatMakeNoSenseAreRefused(_ options: [String]) {
    let line = ["--policy", "x"] + options + ["--", "c"]
    #expect(CommandLines.request(line) == nil)
  }

  // MARK: Bytes

  @Test func bytesThatAreNoTextAreKept() {
    let (policy, target): ([UInt8], [UInt8]) = ([0x78, 0xFF], [0xFE, 0x80])
    let text = { (text: String) in Array(text.utf8) }
    let expected = Asked([policy], command: [target, text("--"), target])
    for options in [
      [text("--policy"), policy], [text("--policy=") + policy], [text("run"), text("--policy"), policy],
    ] {
      let line = options + [text("--"), target, text("--"), target]
      #expect(CommandLines.request(line) == expected)
    }
  }

  @Test func policyBehindAnEqualsSignMayBeginWithADash() {
    let policy: [UInt8] = Array("-x".utf8) + [0xFF]
    let line = [Array("--policy=".utf8) + policy, Array("--".utf8), Array("--policy=y".utf8)]
    #expect(CommandLines.request(line) == Asked([policy], command: [Array("--policy=y".utf8)]))
  }

  @Test func wordsAreComparedByTheirBytes() {
    for mark in ["\u{301}", "\u{200D}", "\u{FE0F}"] {
      #expect(CommandLines.request(["run\(mark)", "--policy", "x", "--", "z"]) == nil)
      #expect(CommandLines.request(["--policy\(mark)", "x", "--", "z"]) == nil)
      #expect(CommandLines.request(["--policy", "x", "--\(mark)", "z"]) == nil)
      #expect(CommandLines.request(["--policy=\(mark)", "--", "z"]) == Asked([mark], command: ["z"]))
    }
  }

  @Test func programWithoutEvenANameHasNoRequest() {
    #expect(Arguments([[UInt8]]()).withVector { (try? RunRequest(CommandLineReader($0))) == nil })
  }
}

extension Asked {
  init(_ policies: [String], acceptsUntrustedPolicy: Bool = false, command: [String]) {
    var options = RunOptions()
    options.acceptsUntrustedPolicy = acceptsUntrustedPolicy
    self.init(policies, options: options, command: command)
  }

  init(_ policies: [String], options: RunOptions, command: [String]) {
    self.init(policies.map { Array($0.utf8) }, options: options, command: command.map { Array($0.utf8) })
  }
}

struct PolicyReferenceTests {
  @Test func valueOfPolicyIsANameUnlessItHasASlash() {
    #expect(PolicyReference(option: Array("web".utf8)) == .name(Array("web".utf8)))
    #expect(PolicyReference(option: Array("web.toml".utf8)) == .name(Array("web.toml".utf8)))
    #expect(PolicyReference(option: Array("./web".utf8)) == .path(FilePath("./web")))
    #expect(PolicyReference(option: Array("/".utf8)) == .path(FilePath("/")))
    #expect(PolicyReference(option: Array("-".utf8)) == .standardInput)
    #expect(PolicyReference(option: Array("--".utf8)) == .name(Array("--".utf8)))
  }

  @Test func argumentIsAPathOrAName() {
    #expect(PolicyReference(argument: Array("web".utf8)) == .fileOrName(Array("web".utf8)))
    #expect(PolicyReference(argument: Array("-".utf8)) == .standardInput)
    #expect(PolicyReference(argument: [0xFF]) == .fileOrName([0xFF]))
  }
}
