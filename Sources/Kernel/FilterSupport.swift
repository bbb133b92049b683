import URingABI

/// Whether there are io_uring filters here, and if not, whether it is the kernel that says so.
///
/// A seccomp filter in front of this process can give the answers of a kernel that has none. Such an answer is believed
/// only where something else shows the same: that there is no seccomp filter, or what the kernel writes into memory.
package enum FilterSupport: Hashable, Sendable {
  case available
  /// The kernel has no filters; with their release or newer, it was built without them.
  case absent
  /// The kernel has no io_uring at all.
  case noIOURing
  /// It cannot be told: a seccomp filter may be what answers.
  case hidden(KernelError)
  /// The call is forbidden.
  case forbidden(KernelError)

  /// Asks the kernel. To be asked by a task that may restrict itself.
  ///
  /// `release`: what uname(2) says.
  /// - Throws: an answer that nothing is known about.
  package init(_ calls: any SystemCalls, release: String) throws(KernelError) {
    let call = "io_uring_register(IORING_REGISTER_BPF_FILTER)"
    do throws(KernelError) {
      switch try Registration(calls).probe() {
      case .available: self = .available
      case .absent: self = Self.isAbsent(calls, release) ? .absent : .hidden(KernelError(call, .invalid))
      case .noIOURing:
        let isKernel = Self.isUnfiltered(calls) || Self.release(release, calls).map { $0 < .firstWithIOURing } ?? false
        self = isKernel ? .noIOURing : .hidden(KernelError(call, .noSystemCall))
      }
    } catch {
      guard error.errno == .notPermitted || error.errno == .accessDenied else { throw error }
      self = .forbidden(error)
    }
  }

  private static func isAbsent(_ calls: any SystemCalls, _ release: String) -> Bool {
    // Every kernel with filters knows that opcode, and since 6.18 kernels say how many they know.
    if let counts = try? Registration(calls).count() {
      return counts.registerOperations <= UInt32(RegisterOperation.bpfFilter.code) || isUnfiltered(calls)
    }
    return self.release(release, calls).map { $0 < .firstWithQuery } ?? false || isUnfiltered(calls)
  }

  /// True if no seccomp filter sees the calls of this process, as far as /proc tells.
  private static func isUnfiltered(_ calls: any SystemCalls) -> Bool {
    guard let status = try? ProcessStatus(calls) else { return false }
    return !status.isFiltered
  }

  /// The kernel's release. personality(2) has uname(2) say 2.6, which no kernel with io_uring is, and /proc/sys not.
  private static func release(_ name: String, _ calls: any SystemCalls) -> KernelRelease? {
    if let release = KernelRelease(utsname: name), release >= KernelRelease(3, 0) { return release }
    let path = FilePath("/proc/sys/kernel/osrelease")
    guard let contents = try? FileReader(calls, trust: .notNeeded).read(path, limit: 256) else { return nil }
    return KernelRelease(utsname: String(decoding: contents.bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
  }
}

extension KernelRelease {
  fileprivate static let firstWithIOURing = KernelRelease(5, 1)
  /// IORING_REGISTER_QUERY.
  fileprivate static let firstWithQuery = KernelRelease(6, 18)
}
