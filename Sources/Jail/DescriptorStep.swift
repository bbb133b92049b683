import Kernel

/// Which descriptors the target gets, and that none of them is a ring.
struct DescriptorStep {
  private let calls: any SystemCalls

  init(_ calls: any SystemCalls) {
    self.calls = calls
  }

  /// Has execve close every descriptor above 2 but those that the policy keeps, those that the command line keeps, and
  /// sockets that a service manager passes.
  ///
  /// - Returns: those that are kept and open, ascending.
  func closeAllBut(_ keptByPolicy: [Int32], _ options: LaunchOptions) throws(LaunchFailure) -> [Int32] {
    try refuseConflict(keptByPolicy, options)
    // The last of the standard streams and of what is passed, which follows them. Their number is only a claim, so
    // they are not put into a list.
    let lastPassed = 2 + options.passedSockets
    let required = options.keptDescriptors
    let inRanges = try descriptors(in: options.keptRanges, but: options.statusDescriptor)
    let others = Self.ascending(keptByPolicy + required + inRanges).filter { $0 > lastPassed }
    var kept: [Int32] = []
    var rings: [Int32] = []
    var missing: Int32?
    try attempt("listing the descriptors of this process") { () throws(KernelError) in
      try InheritedDescriptors(calls).examine(through: lastPassed, and: others) { descriptor, content in
        switch content {
        case .ring: rings.append(descriptor)
        case .other: if descriptor > 2 { kept.append(descriptor) }
        case .nothing:
          let isPassed = descriptor > 2 && descriptor <= lastPassed
          if isPassed || required.contains(descriptor) { missing = descriptor }
        }
        return missing == nil
      }
    }
    if let missing { throw Self.failure(missing, isPassed: missing <= lastPassed) }
    if !rings.isEmpty { throw Self.failure(rings: rings) }
    try attempt("closing the other descriptors") { () throws(KernelError) in
      try InheritedDescriptors(calls).closeOnExec(except: kept)
    }
    return kept
  }

  /// The target cannot both get it and not get it.
  private func refuseConflict(_ keptByPolicy: [Int32], _ options: LaunchOptions) throws(LaunchFailure) {
    guard let status = options.statusDescriptor else { return }
    let isKept =
      keptByPolicy.contains(status) || options.keptDescriptors.contains(status) || status < 3 + options.passedSockets
    if isKept {
      throw LaunchFailure(
        .setUp, "descriptor \(status) cannot both take the status and be kept for the program",
        help: "give --status-fd another number")
    }
  }

  /// Every descriptor in one of the ranges that this process has; which of them it was started with is not asked here.
  private func descriptors(
    in ranges: [ClosedRange<Int32>], but status: Int32?
  ) throws(LaunchFailure) -> [Int32] {
    if ranges.isEmpty { return [] }
    let all = try attempt("listing the descriptors of this process") { () throws(KernelError) in
      try InheritedDescriptors(calls).all()
    }
    return all.filter { descriptor in descriptor != status && ranges.contains { $0.contains(descriptor) } }
  }

  private static func ascending(_ numbers: [Int32]) -> [Int32] {
    guard numbers.count > 1 else { return numbers }
    var result: [Int32] = []
    for number in numbers.sorted() where result.last != number { result.append(number) }
    return result
  }

  private static func failure(_ missing: Int32, isPassed: Bool) -> LaunchFailure {
    isPassed
      ? LaunchFailure(
        .setUp, "LISTEN_FDS promises a socket at descriptor \(missing), which is not open",
        help: "start uring-jail as the service manager's own process, or unset LISTEN_FDS and LISTEN_PID")
      : LaunchFailure(
        .setUp, "descriptor \(missing), which should be kept, is not open", help: "open it, or remove --keep-fd")
  }

  private static func failure(rings: [Int32]) -> LaunchFailure {
    let list = rings.map(String.init).joined(separator: ", ")
    return LaunchFailure(
      .setUp, "the caller passes an io_uring ring (descriptor \(list)), which no jail can restrict",
      help: "close it, or do not keep it")
  }
}
