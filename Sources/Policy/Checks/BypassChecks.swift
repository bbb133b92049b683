import Diagnostics
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
        "this holds the output of '\(operation.name)' to registered files, and not its input: that is any open file",
        at: required.span, help: "deny '\(operation.name)' in [operations], unless the program needs it")
    }
  }

  /// CAP_NET_RAW
  private static let rawNetwork: UInt8 = 13

  /// IP_OPTIONS takes routes that packets go by; the address of the connection stays the one that is allowed.
  static func sourceRoutes(_ subject: CheckedPolicy) -> [Diagnostic] {
    let policy = subject.policy
    guard let connect = policy.connect, connect.limitsAddresses, policy.operations.permits(.connect),
      !policy.process.drops(rawNetwork)
    else { return [] }
    return [
      subject.warning(
        PolicyDiagnostics.sourceRoute,
        "a program with CAP_NET_RAW can send the packets of an allowed connection by way of a denied address",
        at: connect.span, help: "add capabilities = { drop = [\"net_raw\"] } to [process]")
    ]
  }

  /// The kernel itself executes programs that files of /proc and /sys name: core_pattern, modprobe, uevent_helper and
  /// others. They are not children of the target, and live in no jail.
  static func helperPrograms(_ subject: CheckedPolicy) -> [Diagnostic] {
    guard let exec = subject.policy.process.exec, exec.value == .deny else { return [] }
    return [
      subject.warning(
        PolicyDiagnostics.helperProgram,
        "a target with user id 0 can have the kernel execute programs all the same, outside of the jail: it may write "
          + "/proc/sys/kernel/core_pattern and files like it",
        at: exec.span,
        help: "start the target as another user, or with ProtectKernelTunables=yes in its unit")
    ]
  }
}
