import Testing

/// A ring that a BPF program drives (struct_ops of type `io_uring_bpf_ops`, from Linux 7.1 on): what it submits is held
/// to the jail like everything else, and whoever may not use bpf(2) has no such ring.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct ProgramEscapeTests {
  private static let trick = Escape("bpf-driven-ring")
  private static let steps = [
    "io_uring_bpf_ops", "BPF_PROG_LOAD", "BPF_BTF_LOAD", "BPF_MAP_CREATE", "BPF_MAP_UPDATE_ELEM", "io_uring_enter",
  ]

  /// User-Mode Linux cannot compile BPF programs, and 7.0 has no such type.
  private static var kernelHasThem: Bool { !Lab.isUserMode && !Lab.isBefore(7, 1) }

  /// True if the ring was driven by the program, up to the one submission.
  private func isDriven(_ report: EscapeReport) -> Bool {
    report.steps.map(\.what) == Self.steps + ["submitted"] && report.steps.last?.result == 1
      && report.steps.dropLast().allSatisfy { $0.result == 0 }
  }

  @Test func ringDrivenByAProgramStaysUnderTheFilters() throws {
    let free = try Self.trick.runFreely().escapeReport()
    guard Self.kernelHasThem else {
      #expect(free.steps.map(\.what) == ["io_uring_bpf_ops"] && free.steps.map(\.result) == [-2])
      return
    }
    #expect(free.escaped && isDriven(free), "\(free)")
    // Held by restrictions, by filters on the operation and by filters inside another jail.
    let conditions = allowing("nop", "socket", also: "[socket]\nallow = [{ family = \"inet\" }]")
    for policies in [[allowing("nop")], [conditions], [OperationTests.outer, allowing("nop")]] {
      let jailed = try Self.trick.run(under: policies).escapeReport()
      #expect(isDriven(jailed), "\(jailed)")
      #expect(jailed.attempts.map(\.result) == [-13], "\(jailed)")
    }
    // What is allowed passes: the program is no obstacle by itself.
    let allowed = try Self.trick.run(under: [allowing("socket")]).escapeReport()
    #expect(allowed.escaped && isDriven(allowed), "\(allowed)")
    Escape.note("bpf-driven-ring", free: "works", jailed: "denied")
  }

  @Test func withoutCapabilitiesThereIsNoRingDrivenByAProgram() throws {
    guard Self.kernelHasThem else { return try ringDrivenByAProgramStaysUnderTheFilters() }
    for dropped in ["\"bpf\", \"sys_admin\"", "\"all\""] {
      let policy = allowing("socket", also: "[process]\ncapabilities = { drop = [\(dropped)] }")
      let report = try Self.trick.run(under: [policy]).escapeReport()
      #expect(!report.escaped && report.steps.last?.what == "BPF_PROG_LOAD" && report.steps.last?.result == -1)
    }
    let nobody = try Escape("bpf-driven-ring", inside: LaunchTests.asNobody).run(under: [allowing("socket")])
      .escapeReport()
    #expect(!nobody.escaped && nobody.steps.map(\.result) == [0, -1], "\(nobody)")
  }

  @Test func withoutBPFThereIsNoRingDrivenByAProgram() throws {
    guard Self.kernelHasThem else { return try ringDrivenByAProgramStaysUnderTheFilters() }
    // A filter of system calls around the jail, as SystemCallFilter= of systemd makes one.
    let escape = Escape("bpf-driven-ring", outside: [Lab.escapes, "without-bpf", "--"])
    let report = try escape.run(under: [allowing("socket")]).escapeReport()
    #expect(!report.escaped && report.steps.map(\.result) == [0, -13], "\(report)")
  }
}
