package import Jail
package import Kernel
package import URingABI

/// What the running kernel can do for a jail of this process, each thing tried just now.
///
/// This process is left as it was: what restricts is tried in children.
package struct KernelProbe: Sendable {
  /// An answer, or the reason why there is none.
  package enum Answer<Value: Sendable>: Sendable {
    case known(Value)
    case unknown(String)

    package var value: Value? { if case .known(let value) = self { value } else { nil } }
  }

  package struct Hole: Sendable {
    package let hole: KernelHole
    package let finding: HoleTrials.Outcome
  }

  /// What allows this process to restrict itself; by `no_new_privs`, everybody can.
  package struct Privileges: Sendable {
    package let noNewPrivileges: Bool
    package let systemAdministration: Bool
    /// True if the user namespace is not the one that the machine began with, as far as /proc tells.
    package let inUserNamespace: Bool?
  }

  package let release: String
  /// Filters exist: IORING_REGISTER_BPF_FILTER is known.
  package let filters: Answer<Bool>
  /// Classic restrictions of a task: `false` if this process has some, or filters, already.
  package let restrictions: Answer<Bool>
  /// IORING_REGISTER_QUERY, and what it counted.
  package let abilities: Answer<KernelAbilities>
  /// Bytes of data that filters see, for the operations of which some kernel shows any.
  package let payloads: [Operation: UInt8]
  package let holes: [Hole]
  package let privileges: Privileges
  /// kernel.io_uring_disabled: 0, 1 (only CAP_SYS_ADMIN and the group may make rings) or 2 (nobody).
  package let disabled: Int?
  /// kernel.io_uring_group; -1 is none.
  package let group: Int?
  /// `nil` if this process can make a ring, else why not.
  package let ringError: Errno?
  /// `nil` if `learn` and `trace` work for this process, else what is missing.
  package let tracingObstacle: TraceFolder.Obstacle?

  /// True if a jail can be set up here.
  package var canUseFilters: Bool { filters.value == true && abilities.value != nil }

  package static func run() throws(KernelError) -> KernelProbe {
    let calls = LinuxSystemCalls()
    let trials = HoleTrials()
    let registration = Registration(calls)
    let release = try attempt("uname") { () throws(Errno) in try calls.kernelRelease() }
    let filters: Answer<Bool> =
      try trials.support(release: release).map { .known($0) }
      ?? .unknown("io_uring_register is forbidden, or a seccomp filter answers it")
    let exists = filters.value == true
    let absent: String = "there are no filters"
    var payloads: [Operation: UInt8] = [:]
    if exists {
      for operation in Operation.withArguments {
        payloads[operation] = try trials.payloadSize(of: operation)
      }
    }
    return KernelProbe(
      release: release, filters: filters,
      restrictions: exists ? restrictions(try trials.restriction()) : .unknown(absent),
      abilities: answer { () throws(KernelError) in try registration.abilities() },
      payloads: payloads, holes: exists ? try holes(trials) : [],
      privileges: try privileges(calls), disabled: number("/proc/sys/kernel/io_uring_disabled", calls),
      group: number("/proc/sys/kernel/io_uring_group", calls), ringError: try trials.ring(),
      tracingObstacle: TraceFolder.obstacle(LinuxTraceFiles(), process: Console.processID))
  }

  private static func answer<Value: Sendable>(_ body: () throws(KernelError) -> Value) -> Answer<Value> {
    do throws(KernelError) {
      return .known(try body())
    } catch {
      return .unknown("\(error)")
    }
  }

  private static func restrictions(_ error: Errno?) -> Answer<Bool> {
    guard let error else { return .known(true) }
    return error == .notPermitted ? .known(false) : .unknown("\(error)")
  }

  private static func holes(_ trials: HoleTrials) throws(KernelError) -> [Hole] {
    var holes: [Hole] = []
    for hole in KernelHole.all {
      let finding: HoleTrials.Outcome =
        switch hole.name {
        case .h1:
          switch try ExecutionHoleTrial(LinuxSystemCalls()).run() {
          case .closed: .closed
          case .open: .open
          case .undecided(let reason): .undecided(reason)
          }
        case .h2: try trials.disabledRing()
        case .h3: try trials.callWithoutRing()
        case .h4: try trials.shortAddress()
        case .h5: try trials.socketType()
        }
      holes.append(Hole(hole: hole, finding: finding))
    }
    return holes
  }

  private static func privileges(_ calls: LinuxSystemCalls) throws(KernelError) -> Privileges {
    Privileges(
      noNewPrivileges: try attempt("prctl(PR_GET_NO_NEW_PRIVS)") { () throws(Errno) in try calls.noNewPrivileges() },
      systemAdministration: try attempt("capget") { () throws(Errno) in
        try calls.hasSystemAdministrationCapability()
      },
      // The first namespace maps all numbers to themselves.
      inUserNamespace: text("/proc/self/uid_map", calls).map { text in
        text.split { $0 == " " || $0 == "\n" } != ["0", "0", "4294967295"]
      })
  }

  private static func number(_ path: String, _ calls: LinuxSystemCalls) -> Int? {
    text(path, calls).flatMap { Int($0.prefix { $0 != "\n" }) }
  }

  /// The beginning of a file of the kernel's; `nil` if it cannot be read.
  private static func text(_ path: String, _ calls: LinuxSystemCalls) -> String? {
    guard let file = try? calls.open(FilePath(path), directory: false) else { return nil }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = try? calls.read(file, into: &buffer)
    try? calls.close(file)
    return count.map { String(decoding: buffer[..<$0], as: UTF8.self) }
  }
}
