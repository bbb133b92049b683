import BPF
package import Kernel
package import URingABI

/// Has the kernel look at the arguments of requests: it does so only where a filter asks for them.
package enum WatchedArguments {
  /// Registers, for this process and all that it starts, filters that allow everything.
  ///
  /// - Returns: operations whose arguments this kernel shows to nobody.
  package static func watch(_ calls: some SystemCalls) throws(KernelError) -> [Operation] {
    let registration = Registration(calls)
    guard try registration.probe() == .available else { return Operation.withArguments }
    var unshown: [Operation] = []
    for operation in Operation.withArguments {
      let size = try registration.payloadSize(of: operation)
      if size == 0 {
        unshown.append(operation)
        continue
      }
      try registration.register(.always(.allow), for: operation, payloadSize: size, deniesRest: false)
    }
    return unshown
  }
}
