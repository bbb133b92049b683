import Diagnostics
import FilterCompiler
import Jail
import Kernel
import Policy
import TestSupport
import URingABI

/// Launches on a kernel in memory. A launch that would have become the target comes back as the "failure" to execute
/// it with no error at all; the kernel tells the two apart.
@discardableResult
func launch(
  on kernel: FakeKernel, _ policies: Policy..., options: LaunchOptions = LaunchOptions(),
  command: [String] = ["/bin/target", "-x"], searchPath: String? = nil, warn: @escaping (String) -> Void = { _ in }
) throws -> LaunchFailure {
  let compiled = CombinedPolicy(policies.isEmpty ? [.unixSockets] : policies)
  return Arguments(command).withVector { vector in
    do throws(LaunchFailure) {
      let launcher = Launcher(kernel, log: LaunchLog(warn: warn))
      let confinement = try launcher.confine(compiled, options)
      try launcher.execute(vector, searchPath: searchPath.map { Array($0.utf8) }, in: confinement)
    } catch {
      return error
    }
  }
}

extension FakeKernel {
  /// A kernel that has `/bin/target`.
  static func withTarget() -> FakeKernel {
    let kernel = FakeKernel()
    kernel.targets = ["/bin/target": .starts]
    return kernel
  }

  /// What a task that started inside a jail of its own meets.
  static func insideAnotherJail(_ jail: FakeJail) -> FakeKernel {
    let kernel = withTarget()
    kernel.startInside(jail)
    return kernel
  }

  var hasTriedToExecute: Bool { calls.contains { $0.name == .execute } }

  /// The calls that put the jail in place, without those that ask whether they did.
  var registrations: [FakeCall] {
    var result: [FakeCall] = []
    for call in calls where call.name == .restrict || call.name == .filter {
      if call.name != .restrict || call != result.last { result.append(call) }
    }
    return result
  }
}

extension Policy {
  private static let span = SourceSpan(0..<0, in: SourceID(0))

  init(
    _ byDefault: OperationRules.Default = .deny, allow: [Operation] = [], deny: [Operation] = [],
    families: [UInt32]? = nil, register: [RegisterOperation]? = nil, noNewPrivileges: Bool = true,
    exec: ProcessRules.Exec? = nil, keep: [Int32] = [], drop: ProcessRules.DroppedCapabilities? = nil,
    unsupported: KernelRules.Unsupported? = nil, holes: KernelRules.Holes? = nil,
    restrictions: KernelRules.Restrictions? = nil
  ) {
    self.init(
      operations: OperationRules(
        byDefault: byDefault, allow: allow.map { Located($0, at: Self.span) },
        deny: deny.map { Located($0, at: Self.span) }),
      socket: families.map {
        SocketRules(
          allow: [SocketEntry(families: $0, types: nil, protocols: nil, span: Self.span)], span: Self.span)
      },
      register: register.map { RegisterRules(allow: $0.map { Located($0, at: Self.span) }, span: Self.span) },
      process: ProcessRules(
        noNewPrivileges: noNewPrivileges, exec: exec.map { Located($0, at: Self.span) },
        keepDescriptors: keep.map { Located($0, at: Self.span) },
        droppedCapabilities: drop.map { Located($0, at: Self.span) }),
      kernel: KernelRules(
        unsupported: unsupported.map { Located($0, at: Self.span) }, holes: holes.map { Located($0, at: Self.span) },
        restrictions: restrictions.map { Located($0, at: Self.span) }))
  }

  /// Allows nop, read, and sockets of the family unix.
  static let unixSockets = Policy(allow: [.nop, .read, .socket], families: [1])

  /// The same, for callers who bring their own privilege.
  static let withoutNoNewPrivileges = Policy(allow: [.nop, .read, .socket], families: [1], noNewPrivileges: false)
}

extension Policy {
  /// Connections to one port only, which kernels before 7.2 cannot judge.
  static func connections(unfilterable: KernelRules.Unfilterable = .refuse) -> Policy {
    let entry = ConnectEntry(networks: nil, ports: [Located(443...443, at: span)], families: nil, span: span)
    return Policy(
      operations: OperationRules(allow: [Located(.connect, at: span), Located(.nop, at: span)]),
      connect: ConnectRules(allow: [entry], span: span),
      kernel: KernelRules(unfilterable: Located(unfilterable, at: span)))
  }
}

extension Operation {
  static let nop = Operation(code: 0)
  static let read = Operation(code: 22)
}
