import Testing

@testable import Diagnostics

@Suite struct SpellingTests {
  private let names = ["openat", "connect", "fd", "accept", "sendmsg"]

  @Test(arguments: [
    ("openta", "openat"), ("opena", "openat"), ("opennat", "openat"), ("oqenat", "openat"), ("conect", "connect"),
    ("OPENAT", "openat"), ("SendMgs", "sendmsg"), ("fs", "fd"), ("openat", "openat"),
  ])
  func mistypedNameIsRecognised(_ word: String, _ name: String) {
    #expect(Spelling.nearest(to: word, among: names) == name)
  }

  @Test(arguments: ["", "x", "d", "zz", "read", "xyopenat12", "completely different"])
  func farWordHasNoSuggestion(_ word: String) {
    #expect(Spelling.nearest(to: word, among: names) == nil)
  }

  @Test func caseOfTheCandidateDoesNotMatterAndIsKept() {
    #expect(Spelling.nearest(to: "iopol", among: ["SQPOLL", "IOPOLL"]) == "IOPOLL")
  }

  @Test func nearerCandidateWinsAndTheFirstOfEquals() {
    #expect(Spelling.nearest(to: "sendmsq", among: ["sendmsx", "sendmsg"]) == "sendmsx")
    #expect(Spelling.nearest(to: "recvmsg", among: ["sendmsg", "recvmsh"]) == "recvmsh")
  }

  @Test func overlongWordIsNotEvenCompared() {
    let word = String(repeating: "a", count: 65)
    #expect(Spelling.nearest(to: word, among: [word]) == nil)
    #expect(Spelling.nearest(to: String(word.dropFirst()), among: [word]) == word)
  }

  @Test(arguments: [
    ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1),
    ("kitten", "sitting", 3), ("ca", "abc", 3),
  ])
  func distanceCountsEditsAndSwaps(_ a: String, _ b: String, _ distance: Int) {
    #expect(Spelling.editDistance(Array(a.utf8), Array(b.utf8)) == distance)
  }
}
