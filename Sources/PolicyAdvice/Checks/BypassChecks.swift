import Diagnostics
import Policy
import PolicyLanguage
import URingABI

/// Ways around a condition that no filter can close, and what closes them.
enum BypassChecks {
  /// Operations with two files, of which IOSQE_FIXED_FILE is about the output only (io_uring/splice.c).
  private static let withTwoFiles = ["splice", "tee"]

  static func fixedFileInput(_ subject: CheckedPolicy) -> [Diagnostic] {
    let policy = subject.policy
    return withTwoFiles.compactMap(Operation.init(name:)).compactMap { operation in
      guard policy.operations.permits(operation) else { return nil }
      let rules = policy.operations.flags.require + (policy.conditions(of: operation)?.flags.require ?? [])
      let fixedFile = UInt64(SQEFlags.fixedFile.rawValue)
      guard let required = rules.first(where: { $0.value.bits & fixedFile != 0 }) else { return nil }
      return subject.warning(
        PolicyDiagnostics.fixedFileInput,
        "this restricts only the output of '\(operation.name)' to registered files; its input can be any open file",
        at: required.span, help: "deny '\(operation.name)' in [operations], unless the program needs it")
    }
  }

  static func sourceRoutes(_ subject: CheckedPolicy) -> [Diagnostic] {
    guard let routes = subject.policy.sourceRoutes, let connect = subject.policy.connect else { return [] }
    let detour = "can send the packets of an allowed connection through a denied address"
    var ways =
      subject.policy.process.drops(Capability.rawNetwork)
      ? [] : ["add capabilities = { drop = [\"net_raw\"] } to [process]"]
    let who: String
    switch routes {
    case .everyProgram:
      who = "over IPv6, a program"
      ways.append("filter the packets themselves with IPAddressDeny= and IPAddressAllow= in a unit")
    case .rawNetwork: who = "a program with CAP_NET_RAW"
    }
    return [
      subject.warning(
        PolicyDiagnostics.sourceRoute, "\(who) \(detour)", at: connect.span, help: ways.joined(separator: ", and "))
    ]
  }

  /// Two keys that each allow a weaker jail on some kernels, and together leave few kernels with a whole one.
  static func failsOpen(_ subject: CheckedPolicy) -> [Diagnostic] {
    let kernel = subject.policy.kernel
    guard let unsupported = kernel.unsupported, unsupported.value == .runUnconfined, let holes = kernel.holes,
      holes.value == .accept
    else { return [] }
    return [
      subject.warning(
        PolicyDiagnostics.failsOpen,
        "the program starts on every kernel: without a jail where there are no filters, and in a jail that it can leave "
          + "where the kernel has a known hole",
        at: unsupported.span, notes: [Diagnostic.Note("holes are accepted here", at: holes.span)],
        help: "say \"refuse\" for one of them; unsupported = \"block-io-uring\" starts the program without io_uring")
    ]
  }

  static func helperPrograms(_ subject: CheckedPolicy) -> [Diagnostic] {
    guard subject.policy.leavesHelperPrograms, let exec = subject.policy.process.exec else { return [] }
    return [
      subject.warning(
        PolicyDiagnostics.helperProgram,
        "a program with user id 0 can still make the kernel execute programs outside the jail: it may write "
          + "/proc/sys/kernel/core_pattern and similar files",
        at: exec.span,
        help: "start the program as another user, or with ProtectKernelTunables=yes in its unit")
    ]
  }
}
