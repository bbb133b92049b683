import Policy
import URingABI

/// `[process]` and `[kernel]` in plain words.
enum ProcessWords {
  typealias Statement = PolicyOverview.Statement

  static func statements(_ rules: ProcessRules) -> [Statement] {
    [
      Statement(
        rules.noNewPrivileges
          ? "gains no privileges by executing programs (no_new_privs)"
          : "can gain privileges by executing programs; uring-jail needs CAP_SYS_ADMIN"),
      Statement(
        rules.exec?.value == .deny
          ? "executes no other program" : "can execute other programs, which are in the jail as well",
        at: [rules.exec?.span]),
      Statement(descriptors(rules), at: rules.keepDescriptors.map(\.span)),
      Statement(capabilities(rules), at: [rules.droppedCapabilities?.span]),
    ]
  }

  private static func descriptors(_ rules: ProcessRules) -> String {
    let kept = rules.keepDescriptors.map { String($0.value) }
    let list = kept.isEmpty ? "" : ", with \(Words.all(kept))"
    return "starts with descriptors 0, 1 and 2\(list), and sockets that systemd passes; all others are closed"
  }

  private static func capabilities(_ rules: ProcessRules) -> String {
    guard let dropped = rules.droppedCapabilities else { return "keeps the capabilities that it is started with" }
    return switch dropped.value {
    case .all: "has no capabilities"
    case .some(let numbers): "gives up \(Words.all(numbers.map(name(ofCapability:))))"
    }
  }

  static func name(ofCapability number: UInt8) -> String {
    Int(number) < Capability.names.count ? "CAP_\(Capability.names[Int(number)].uppercased())" : "capability \(number)"
  }

  // MARK: [kernel]

  static func kernel(_ policy: Policy) -> [Statement] {
    let rules = policy.kernel
    var statements = [
      Statement(unsupported(rules.unsupported?.value ?? .refuse), at: [rules.unsupported?.span])
    ]
    if let connect = policy.connect, policy.operations.permits(.connect) {
      let denies = rules.unfilterable?.value == .denyOperation
      statements.append(
        Statement(
          denies
            ? "before Linux 7.2, which does not show where a connection goes, 'connect' is always denied"
            : "before Linux 7.2, which does not show where a connection goes, nothing is started",
          at: [rules.unfilterable?.span ?? connect.span]))
    }
    statements.append(Statement(holes(rules.holes?.value ?? .refuse), at: [rules.holes?.span]))
    if let never = rules.restrictions, never.value == .never {
      statements.append(
        Statement("filters only, so that the program can restrict its rings further by itself", at: [never.span]))
    }
    return statements
  }

  private static func unsupported(_ rule: KernelRules.Unsupported) -> String {
    switch rule {
    case .refuse: "without io_uring filters (before Linux 7.0), nothing is started"
    case .blockIOURing: "without io_uring filters (before Linux 7.0), io_uring is blocked entirely"
    case .runUnconfined: "without io_uring filters (before Linux 7.0), the program is started WITHOUT A JAIL"
    }
  }

  private static func holes(_ rule: KernelRules.Holes) -> String {
    let hole = "where the kernel drops the jail when a program is executed (H1, seen on Linux 7.0 and 7.1.7)"
    return switch rule {
    case .refuse: "\(hole), nothing is started"
    case .mitigate: "\(hole), the program is started without the right to execute others"
    case .accept: "\(hole), the program is started nevertheless"
    }
  }
}
