import URingABI

/// Has seccomp enforce rules, and asks whether it does.
package struct FilterInstallation {
  private static var call: String { "seccomp(SECCOMP_SET_MODE_FILTER)" }

  private let calls: any SystemCalls

  package init(_ calls: any SystemCalls) {
    self.calls = calls
  }

  /// - Precondition: there is a rule.
  /// - Throws: `Errno.pretended` if nothing came of a call that was answered with success.
  package func install(_ rules: SystemCallRules) throws(KernelError) {
    try attempt(Self.call) { () throws(Errno) in try calls.filterSystemCalls(SystemCallFilter.program(rules)) }
    // Two calls with the same words and two answers: a filter in front of this process would have given one.
    try expect(.invalid) { () throws(Errno) in try calls.filterSystemCallsByNothing() }
    // What the program does, where it does something that the kernel would not do itself.
    if rules.execution != nil {
      try expect(.notPermitted) { () throws(Errno) in try calls.executeNothing() }
    }
    if rules.blocksIOURing {
      try expect(.noSystemCall) { () throws(Errno) in try calls.setUpNoRing() }
    } else if let denied = rules.permittedRegistrations?.firstIndex(of: false), let code = UInt8(exactly: denied) {
      try expect(.accessDenied) { () throws(Errno) in
        // SAFETY: there is no memory that the call could touch.
        unsafe try calls.register(RegisterOperation(code: code), nil, count: 0)
      }
    }
  }

  private func expect(_ expected: Errno, _ question: () throws(Errno) -> Void) throws(KernelError) {
    do throws(Errno) {
      try question()
    } catch {
      if error == expected { return }
    }
    throw KernelError(Self.call, .pretended)
  }
}
