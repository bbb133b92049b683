import Diagnostics
import Discovery
import Jail

/// What a launch with policies would do here and now, for people and for programs.
struct LaunchReport {
  let policies: [String]
  let rehearsal: LaunchRehearsal

  /// True if the command would be started.
  var isYes: Bool { rehearsal.failure == nil }

  /// One line for each step, and the verdict.
  var lines: [String] {
    var lines = ["a launch with \(policies.map(Report.printable).joined(separator: ", ")):"]
    for step in rehearsal.steps { lines.append("  yes  \(Self.name(step.step)): \(Report.printable(step.text))") }
    for warning in rehearsal.warnings { lines.append("  but  \(Report.printable(warning))") }
    if let failure = rehearsal.failure {
      let place = failure.place.map { "\($0): " } ?? ""
      lines.append("  NO   \(Self.name(failure.step)): \(place)\(Report.printable(failure.message))")
      if let help = failure.help { lines.append("       \(Report.printable(help))") }
    }
    lines.append(isYes ? "the command would be started" : "nothing would be started")
    return lines
  }

  /// What is said where nothing is known of the kernel.
  func alone(asJSON isJSON: Bool) -> String {
    guard isJSON else { return lines.map { $0 + "\n" }.joined() }
    return JSON.object([
      JSON.Member("version", .integer(1)), JSON.Member("usable", .bool(isYes)), JSON.Member("launch", json),
    ]).pretty
  }

  var json: JSON {
    .object([
      JSON.Member("policies", .array(policies.map(JSON.string))),
      JSON.Member("starts", .bool(isYes)),
      JSON.Member("status", .integer(Int64((isYes ? ExitStatus.success : .setUpFailed).rawValue))),
      JSON.Member(
        "steps",
        .array(
          rehearsal.steps.map { step in
            .object([
              JSON.Member("step", .string(step.step.rawValue)), JSON.Member("done", .bool(true)),
              JSON.Member("text", .string(step.text)), JSON.Member("help", .null),
            ])
          } + failed)),
      JSON.Member("warnings", .array(rehearsal.warnings.map(JSON.string))),
    ])
  }

  private var failed: [JSON] {
    guard let failure = rehearsal.failure else { return [] }
    let place = failure.place.map { "\($0): " } ?? ""
    return [
      .object([
        JSON.Member("step", .string(failure.step.rawValue)), JSON.Member("done", .bool(false)),
        JSON.Member("text", .string(place + failure.message)),
        JSON.Member("help", failure.help.map(JSON.string) ?? .null),
      ])
    ]
  }

  private static func name(_ step: LaunchStep) -> String {
    switch step {
    case .policy: "policy"
    case .privilege: "privilege"
    case .descriptors: "descriptors"
    case .kernel: "kernel"
    case .holes: "holes"
    case .registration: "registering"
    case .systemCalls: "system calls"
    case .capabilities: "capabilities"
    }
  }
}
