import TOMLSyntax
import Testing

@Suite struct DateTimeTests {
  @Test(arguments: [
    ("1979-05-27T07:32:00Z", "offsetDateTime"), ("1979-05-27t07:32:00z", "offsetDateTime"),
    ("1979-05-27 07:32:00Z", "offsetDateTime"), ("1979-05-27T00:32:00.999999-07:00", "offsetDateTime"),
    ("2026-01-31T00:00:00+23:59", "offsetDateTime"), ("1979-05-27T07:32:00", "localDateTime"),
    ("1979-05-27 07:32:00.5", "localDateTime"), ("1979-05-27", "localDate"), ("0000-01-01", "localDate"),
    ("2024-02-29", "localDate"), ("2000-02-29", "localDate"), ("07:32:00", "localTime"),
    ("00:32:00.999999999999", "localTime"), ("23:59:60", "localTime"),
  ])
  func formIsRecognisedAndTextKept(_ text: String, _ form: String) {
    #expect(Outline.ofValue(text) == "\(form) \(text)")
  }

  @Test func dateEndsBeforeAComment() {
    #expect(Outline.of("a = 1979-05-27 # day") == "{a: localDate 1979-05-27}")
  }

  @Test func datesMayStandInArrays() {
    #expect(
      Outline.ofValue("[1979-05-27,1979-05-27 07:32:00]")
        == "[localDate 1979-05-27, localDateTime 1979-05-27 07:32:00]")
  }

  @Test(arguments: [
    "2026-02-29", "1900-02-29", "2026-02-30", "2026-04-31", "2026-13-01", "2026-00-01", "2026-01-00", "2026-01-32",
    "24:00:00", "23:60:00", "23:59:61", "07:32", "07:32:00.", "07:32:00Z", "07:3x:00", "12:", "2026-1-31",
    "2026-01-31T", "2026-01-31T07:32", "2026-01-31T07:32:00+01", "2026-01-31T07:32:00+0100",
    "2026-01-31T07:32:00+24:00", "2026-01-31T07:32:00+01:60", "2026-01-31T07:32:00ZZ",
    "2026-01-31_07:32:00", "2026-01-31 7", "2026-01-3100",
  ])
  func dayOrTimeThatDoesNotExistIsRefused(_ text: String) {
    expectErrors(
      "a = ⟨1⟩\(text)⟨2⟩",
      Expected(
        1, TOMLDiagnostics.dateTime, "'\(text)' is not a valid date or time", end: 2,
        help: "for example 2026-01-31, 07:32:00 or 2026-01-31T07:32:00Z"))
  }

  @Test func twoSpacesDoNotJoinDateAndTime() {
    expectErrors(
      "a = 2026-01-31  ⟨1⟩07:32:00", Expected(1, TOMLDiagnostics.syntax, "expected the end of the line, found '0'"))
  }
}
