import TestSupport
import Testing

@testable import URingJailCLI

struct ExitStatusTests {
  @Test func valuesAreStable() {
    #expect(Status.no.rawValue == 1)
    #expect(Status.success.rawValue == 0)
    #expect(Status.usage.rawValue == 64)
    #expect(Status.setUpFailed.rawValue == 125)
    #expect(Status.cannotExecute.rawValue == 126)
    #expect(Status.notFound.rawValue == 127)
  }

  @Test func noOtherValueIsUsed() {
    #expect((0...255).filter { Status(rawValue: $0) != nil } == [0, 1, 64, 125, 126, 127])
  }
}

struct ReportTests {
  @Test(arguments: [
    "\n", "\r", "\u{0}", "\u{1B}", "\u{7F}", "\u{85}", "\u{9B}", "\u{200E}", "\u{200F}", "\u{2028}", "\u{2029}",
    "\u{202E}", "\u{2066}", "\u{2069}",
  ])
  func charactersThatDoMoreThanShowAreReplaced(_ character: String) {
    #expect(Report.printable("a\(character)b") == "a\u{FFFD}b")
  }

  @Test(arguments: ["", "plain", "a\tb", "é e\u{301} \u{4E2D} \u{1F600}", "\u{A0}", "\u{FFFD}", "a \u{200D} b"])
  func otherTextIsKept(_ text: String) {
    #expect(Array(Report.printable(text).utf8) == Array(text.utf8))
  }
}

struct CommandSpellingTests {
  private func complaint(_ arguments: String...) -> String? {
    CommandLines.complaintAboutForm(arguments)
  }

  @Test func mistypedOptionIsNamedWithTheOneThatWasMeant() {
    #expect(complaint("--polcy", "x") == "unknown option '--polcy'; did you mean '--policy'?")
    #expect(complaint("--polic=x") == "unknown option '--polic'; did you mean '--policy'?")
    #expect(complaint("run", "--hlep") == "unknown option '--hlep'; did you mean '--help'?")
    #expect(complaint("--Version") == "unknown option '--Version'; did you mean '--version'?")
    #expect(complaint("check", "--fromat", "json") == "unknown option '--fromat'; did you mean '--format'?")
    #expect(complaint("operations", "--josn") == "unknown option '--josn'; did you mean '--json'?")
    #expect(complaint("compile", "--fromat", "c", "x") == "unknown option '--fromat'; did you mean '--format'?")
    #expect(
      complaint("compile", "--filter-only", "x") == "unknown option '--filter-only'; did you mean '--filters-only'?")
    #expect(complaint("prove", "--kernal=7.2", "x") == "unknown option '--kernal'; did you mean '--kernel'?")
  }

  @Test func optionOfAnotherCommandIsUnknown() {
    #expect(complaint("check", "--policy", "x") == "unknown option '--policy'; policies are named without it")
    #expect(complaint("--format", "json")?.hasPrefix("unknown option '--format'; it belongs to 'check', ") == true)
    #expect(complaint("prove", "--format", "json")?.hasPrefix("unknown option '--format'; it belongs to ") == true)
    #expect(
      complaint("compile", "--accept-untrusted-policy", "x")
        == "unknown option '--accept-untrusted-policy'; it belongs to 'run', 'check', 'probe' and 'trace'")
  }

  @Test func farOptionIsNamedAlone() {
    #expect(complaint("--unknown") == "unknown option '--unknown'")
    #expect(complaint("--unknown=--policy") == "unknown option '--unknown'")
  }

  @Test func onlyTheFirstIsNamed() {
    #expect(complaint("--policy", "x", "--first", "--second") == "unknown option '--first'")
  }

  @Test func knownOptionsAreNoMistakes() {
    #expect(complaint() == nil)
    #expect(complaint("--policy", "x", "--policy=y", "--json", "-v", "--verbose") == nil)
    #expect(complaint("--policy", "x", "--version=1") == "'--version' takes no value, but '1' was given")
    #expect(complaint("check", "a", "b", "--format", "json", "-", "") == nil)
    #expect(complaint("help", "run") == nil)
    #expect(complaint("compile", "-o", "y", "--operation=--x", "--format", "c", "--filters-only", "z") == nil)
    #expect(complaint("prove", "--kernel", "7.2", "--json", "-") == nil)
  }

  @Test func mistypedCommandIsNamedWithTheOneThatWasMeant() {
    #expect(complaint("chekc", "x") == "unknown command 'chekc'; did you mean 'check'?")
    #expect(complaint("compil", "x") == "unknown command 'compil'; did you mean 'compile'?")
    #expect(complaint("prov", "x") == "unknown command 'prov'; did you mean 'prove'?")
    #expect(complaint("ls", "-l") == "unknown command 'ls'; write the program to start after '--'")
    #expect(complaint("--policy", "x", "check") == "write the command 'check' before all options")
  }

  @Test func valueOfAnOptionIsNoMistake() {
    #expect(complaint("--policy", "--polcy") == "Missing value for '--policy <policy>'")
    #expect(complaint("--policy", "polcy", "--polcy") == "unknown option '--polcy'; did you mean '--policy'?")
    #expect(complaint("--policy=x", "--polcy") == "unknown option '--polcy'; did you mean '--policy'?")
  }

  @Test func whatIsBehindTheDashesBelongsToTheTarget() {
    #expect(complaint("--", "--polcy") == nil)
    #expect(complaint("--policy", "x", "--", "--polcy", "--", "--polcy") == nil)
    #expect(complaint("--polcy", "--") == "unknown option '--polcy'; did you mean '--policy'?")
  }

  @Test func programNameIsNoOption() {
    for line in [["--polcy"], []] {
      Arguments(line).withVector { vector in
        var reader = CommandLineReader(vector)
        #expect(reader.next() == nil)
      }
    }
  }
}
