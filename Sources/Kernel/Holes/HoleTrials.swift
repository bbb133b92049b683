import BPF
package import URingABI

/// Tries things out that would restrict this process, each in a child of its own, of which nothing is left.
///
/// They make rings, and so are for `probe` and never for a launch.
package struct HoleTrials {
  private let calls = LinuxSystemCalls()

  package init() {}

  package enum Outcome: Hashable, Sendable {
    case closed
    case open
    /// The kernel lacks what the hole is in.
    case absent
    /// It could not be tried; why, for people.
    case undecided(String)
  }

  // MARK: The holes

  /// H2: a ring that is not enabled yet ignores the task's restrictions of register opcodes.
  package func disabledRing() throws(KernelError) -> Outcome {
    try outcome { () throws(Failure) in
      try onlyFiltersMayBeRegistered()
      // IORING_REGISTER_PERSONALITY needs no argument.
      let result = try attempt { () throws(Errno) in try TrialRing.registerOnDisabled(RegisterOperation(code: 9)) }
      // The number of a personality is at least 1.
      return Self.outcome(closed: result == -Errno.accessDenied.rawValue, open: result > 0, result)
    }
  }

  /// H3: register calls without a ring ignore them.
  package func callWithoutRing() throws(KernelError) -> Outcome {
    try outcome { () throws(Failure) in
      try onlyFiltersMayBeRegistered()
      do throws(Errno) {
        // SAFETY: there is no memory that the call could touch.
        unsafe try calls.register(.query, nil, count: 0)
        return .open
      } catch {
        return Self.outcome(
          closed: error == .accessDenied, open: error == .invalid || error == .badAddress, -error.rawValue)
      }
    }
  }

  /// H4: a filter sees no port where the address of a connection has 24 bytes.
  package func shortAddress() throws(KernelError) -> Outcome {
    try outcome { () throws(Failure) in
      guard try shownBytes(of: .connect) == 24 else { return .absent }
      // AF_INET6, port 9, ::1. No descriptor: the filter is asked before one is looked for.
      var address: [UInt8] = [10, 0, 0, 9, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 15) + [1]
      try deny(.connect, where: FilterContext.Connect.port.offset, mask: .max, is: 0, size: 24)
      var entry = Self.entry(.connect, descriptor: -1)
      Self.store(UInt64(address.count), in: &entry, at: 8)
      let result = try attempt { () throws(Errno) in
        // SAFETY: the array lives until the request has completed.
        unsafe try address.withUnsafeMutableBufferPointer { (bytes) throws(Errno) -> Int32 in
          Self.store(UInt64(UInt(bitPattern: bytes.baseAddress)), in: &entry, at: 16)
          return try TrialRing.result(of: entry)
        }
      }
      return Self.outcome(
        closed: result == -Errno.badDescriptor.rawValue, open: result == -Errno.accessDenied.rawValue, result)
    }
  }

  /// H5: the type of a socket is shown with flags in it.
  package func socketType() throws(KernelError) -> Outcome {
    try outcome { () throws(Failure) in
      // AF_UNIX, SOCK_DGRAM beside SOCK_CLOEXEC.
      let (family, type, flag): (Int32, UInt32, UInt32) = (1, 2, 0o2000000)
      try deny(.socket, where: FilterContext.Socket.type.offset, mask: flag, is: flag, size: 12)
      var entry = Self.entry(.socket, descriptor: family)
      Self.store(UInt64(type | flag), in: &entry, at: 8)
      let result = try attempt { () throws(Errno) in try TrialRing.result(of: entry) }
      return Self.outcome(closed: result >= 0, open: result == -Errno.accessDenied.rawValue, result)
    }
  }

  /// Any other result says nothing about the kernel.
  private static func outcome(closed: Bool, open: Bool, _ result: Int32) -> Outcome {
    if closed { return .closed }
    return open ? .open : .undecided("the answer was not understood: \(Errno(-result))")
  }

  // MARK: What else is asked in a child

  /// Whether this kernel has filters, which it tells only to a task that may register them; `nil` if that cannot be told.
  package func support(release: String) throws(KernelError) -> Bool? {
    let status = try inChild { () throws(Failure) in
      do throws(KernelError) {
        return switch try FilterSupport(calls, release: release) {
        case .available: Status.closed
        case .absent, .noIOURing: Status.absent
        case .hidden, .forbidden: Status.failed
        }
      } catch {
        throw .failed
      }
    }
    return switch status {
    case Status.closed: true
    case Status.absent: false
    default: nil
    }
  }

  /// The error with which the kernel answers a restriction that allows everything; `nil` if it takes it. EPERM: this
  /// process is already in a jail.
  package func restriction() throws(KernelError) -> Errno? {
    let status = try inChild { () throws(Failure) in
      do throws(KernelError) {
        try Registration(calls).register([.allowRegister(.bpfFilter)])
        return 0
      } catch {
        return error.errno == .pretended ? Status.pretended : error.errno.rawValue
      }
    }
    return status == 0 ? nil : status == Status.pretended ? .pretended : Errno(status)
  }

  /// The error with which the kernel answers a request for a ring; `nil` if there is one.
  package func ring() throws(KernelError) -> Errno? {
    let status = try inChild { () throws(Failure) in
      do throws(Errno) {
        try calls.makeRing()
        return 0
      } catch {
        return error.rawValue
      }
    }
    return status == 0 ? nil : Errno(status)
  }

  /// Bytes of data that filters see of an operation; `nil` if that could not be asked.
  package func payloadSize(of operation: Operation) throws(KernelError) -> UInt8? {
    let status = try inChild { () throws(Failure) in Int32(try shownBytes(of: operation)) }
    return (0...40).contains(status) ? UInt8(status) : nil
  }

  // MARK: In the child

  /// Why a trial could not be made.
  private enum Failure: Error {
    case jailed
    case failed
  }

  private func onlyFiltersMayBeRegistered() throws(Failure) {
    do throws(KernelError) {
      try Registration(calls).register([.allowRegister(.bpfFilter)])
    } catch {
      throw error.errno == .notPermitted ? .jailed : .failed
    }
  }

  private func shownBytes(of operation: Operation) throws(Failure) -> UInt8 {
    do throws(KernelError) {
      return try Registration(calls).payloadSize(of: operation)
    } catch {
      throw .failed
    }
  }

  /// A filter that denies requests where a word of the context, under a mask, is the value.
  private func deny(
    _ operation: Operation, where offset: Int, mask: UInt32, is value: UInt32, size: UInt8
  ) throws(Failure) {
    let program = Program(checking: [
      Instruction(code: Opcode.loadWord, k: UInt32(offset)), Instruction(code: Opcode.andImmediate, k: mask),
      Instruction(code: Opcode.jumpEqual, jumpTrue: 0, jumpFalse: 1, k: value),
      Instruction(code: Opcode.returnImmediate, k: 0), Instruction(code: Opcode.returnImmediate, k: 1),
    ])
    guard let program else { preconditionFailure("the program is one that the kernel accepts") }
    do throws(KernelError) {
      try Registration(calls).register(program, for: operation, payloadSize: size, deniesRest: false)
    } catch {
      throw .failed
    }
  }

  private static func entry(_ operation: Operation, descriptor: Int32) -> [UInt8] {
    var entry = [UInt8](repeating: 0, count: 64)
    entry[0] = operation.code
    for index in 0..<4 { entry[4 + index] = UInt8(truncatingIfNeeded: UInt32(bitPattern: descriptor) >> (8 * index)) }
    return entry
  }

  private static func store(_ value: UInt64, in entry: inout [UInt8], at offset: Int) {
    for index in 0..<8 { entry[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
  }

  private func attempt(_ body: () throws(Errno) -> Int32) throws(Failure) -> Int32 {
    do throws(Errno) {
      return try body()
    } catch {
      throw .failed
    }
  }

  // MARK: The child

  /// Exit statuses above every error number that could be one.
  private enum Status {
    static let closed: Int32 = 200
    static let open: Int32 = 201
    static let absent: Int32 = 202
    static let jailed: Int32 = 203
    static let failed: Int32 = 204
    static let pretended: Int32 = 205
  }

  private func outcome(_ trial: () throws(Failure) -> Outcome) throws(KernelError) -> Outcome {
    let status = try inChild { () throws(Failure) in
      switch try trial() {
      case .closed: Status.closed
      case .open: Status.open
      case .absent: Status.absent
      case .undecided: Status.failed
      }
    }
    return switch status {
    case Status.closed: .closed
    case Status.open: .open
    case Status.absent: .absent
    case Status.jailed: .undecided("this process is already in a jail")
    case Status.failed: .undecided("a child could not prepare the trial")
    default: .undecided("a child ended with status \(status)")
    }
  }

  /// The exit status of a child that may gain no privileges and does this.
  private func inChild(_ body: () throws(Failure) -> Int32) throws(KernelError) -> Int32 {
    let child = try Kernel.attempt("clone") { () throws(Errno) in
      try calls.fork {
        guard (try? calls.setNoNewPrivileges()) != nil else { return Status.failed }
        do throws(Failure) {
          return try body()
        } catch {
          return error == .jailed ? Status.jailed : Status.failed
        }
      }
    }
    while true {
      do throws(Errno) {
        return try calls.wait(for: child)
      } catch {
        if error != .interrupted { throw KernelError("waitpid", error) }
      }
    }
  }
}
