import TOMLSyntax
import Testing

@Suite struct DuplicateTests {
  /// One error at marker 1 about the key `name`, whose first definition stands at marker 2.
  private func expectDuplicate(
    _ marked: String, _ name: String = "a", location: SourceLocation = #_sourceLocation
  ) {
    expectErrors(
      marked,
      Expected(
        1, TOMLDiagnostics.duplicate, "'\(name)' is already defined", note: (2, "first defined here"),
        help: "a key may be defined only once"),
      location: location)
  }

  private func expectClosed(_ marked: String, _ name: String = "a", location: SourceLocation = #_sourceLocation) {
    expectErrors(
      marked,
      Expected(
        1, TOMLDiagnostics.duplicate, "'\(name)' is already defined and cannot be added to here",
        note: (2, "first defined here")),
      location: location)
  }

  @Test func keyMayBeDefinedOnlyOnce() {
    expectDuplicate("⟨2⟩a = 1\n⟨1⟩a = 2")
    expectDuplicate("⟨2⟩a = 1\n⟨1⟩\"\\u0061\" = 1")
    expectDuplicate("x.⟨2⟩a = 1\nx.⟨1⟩a = 1")
    expectDuplicate("x = { ⟨2⟩a = 1, ⟨1⟩a = 2 }")
    expectDuplicate("⟨2⟩a.b = 1\n⟨1⟩a = 2")
  }

  @Test func headerMayBeWrittenOnlyOnce() {
    expectDuplicate("[⟨2⟩a]\n[⟨1⟩a]")
    expectDuplicate("[⟨2⟩a.b]\n[a]\n[⟨1⟩a]")
    expectDuplicate("[b.⟨2⟩a]\n[b.⟨1⟩a]")
  }

  @Test func headerMayNotNameAValue() {
    expectDuplicate("⟨2⟩a = 1\n[⟨1⟩a]")
    expectDuplicate("⟨2⟩a = {}\n[⟨1⟩a]")
    expectDuplicate("⟨2⟩a.b = 1\n[⟨1⟩a]")
    expectDuplicate("[x]\n⟨2⟩a.b = 1\n[x.⟨1⟩a]")
  }

  @Test func tablesAndArraysOfTablesDoNotMix() {
    expectDuplicate("[⟨2⟩a]\n[[⟨1⟩a]]")
    expectDuplicate("[[⟨2⟩a]]\n[⟨1⟩a]")
    expectDuplicate("⟨2⟩a = []\n[[⟨1⟩a]]")
    expectDuplicate("[⟨2⟩a.b]\n[[⟨1⟩a]]")
  }

  @Test func writtenValuesCannotBeExtended() {
    expectClosed("⟨2⟩a = 1\n⟨1⟩a.b = 2")
    expectClosed("⟨2⟩a = {}\n⟨1⟩a.b = 2")
    expectClosed("⟨2⟩a = {}\n[⟨1⟩a.b]")
    expectClosed("⟨2⟩a = [{}]\n[⟨1⟩a.b]")
    expectClosed("⟨2⟩a = 'x'\n[[⟨1⟩a.b]]")
    expectClosed("x = { ⟨2⟩a = {}, ⟨1⟩a.b = 1 }")
  }

  @Test func dottedKeysCannotExtendWhatAHeaderDefined() {
    expectClosed("[x.⟨2⟩a]\n[x]\n⟨1⟩a.b = 1")
    expectClosed("[[x.⟨2⟩a]]\n[x]\n⟨1⟩a.b = 1")
    expectClosed("[x.b.⟨2⟩a.c]\n[x.b.a]\n[x]\nb.⟨1⟩a.d = 1")
  }

  @Test func keysUnderARefusedHeaderAreNotReportedAgain() {
    expectDuplicate("[⟨2⟩a]\nx = 1\n[⟨1⟩a]\nx = 2\ny = 3")
  }

  @Test func longNameIsCutInTheMessage() {
    let name = String(repeating: "k", count: 1000)
    expectDuplicate("⟨2⟩\(name) = 1\n⟨1⟩\(name) = 2", String(repeating: "k", count: 60) + "…")
  }
}
