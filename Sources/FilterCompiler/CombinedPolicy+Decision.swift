import BPF
package import Policy
import URingABI

extension CombinedPolicy {
  /// What the compiled policy says to a request, by running its programs: the same as the reference evaluator, or one
  /// of the two is wrong.
  ///
  /// Flags of every request are held as they would be outside of other jails.
  package func allows(_ request: Request) throws(CompilationFailure) -> Bool {
    switch request {
    case .registration(let operation):
      return permits(operation)
    case .submission(let submission):
      guard permits(submission.operation) else { return false }
      let restricted = avoidsRestrictions ? nil : commonFlags
      if let restricted {
        let flags = SQEFlags(rawValue: submission.flags)
        guard flags.isSubset(of: restricted.allowed), flags.isSuperset(of: restricted.required) else { return false }
      }
      let context = submission.seenByFilters().filterContext
      for program in try programs(for: submission.operation, withCommonFlags: restricted == nil) {
        guard let outcome = try? Simulator.run(program, context: context) else {
          preconditionFailure("programs of the compiler can be run")
        }
        if !outcome.isAllowed { return false }
      }
      return true
    }
  }
}

extension Submission {
  /// The words of `struct io_uring_bpf_ctx` as the kernel fills it in for this entry.
  var filterContext: [UInt32] {
    var words = [UInt32](repeating: 0, count: FilterContext.size / 4)
    func put(_ value: UInt32, _ word: FilterContext.Word) { words[word.offset / 4] |= value }
    func put(_ value: UInt64, _ wide: FilterContext.Wide) {
      put(UInt32(truncatingIfNeeded: value), wide.low)
      put(UInt32(truncatingIfNeeded: value >> 32), wide.high)
    }
    put(userData, FilterContext.Header.userData)
    put(UInt32(flags) << UInt32(FilterContext.Header.sqeFlagsShift), FilterContext.Header.sqeFlags)
    switch payload {
    case .none: break
    case .open(let flags, let mode, let resolve):
      put(flags, FilterContext.Open.flags)
      put(mode, FilterContext.Open.mode)
      put(resolve, FilterContext.Open.resolve)
    case .socket(let family, let type, let number):
      put(family, FilterContext.Socket.family)
      put(type, FilterContext.Word(offset: FilterContext.Socket.type.offset))
      put(number, FilterContext.Socket.protocolNumber)
    case .connect(let address, let port):
      put(UInt32(port.bigEndian), FilterContext.Connect.port)
      switch address {
      case .v4(let value):
        put(SocketConstants.inet, FilterContext.Connect.family)
        put(value.bigEndian, FilterContext.Connect.address[0])
      case .v6(let value):
        put(SocketConstants.inet6, FilterContext.Connect.family)
        for (index, word) in FilterContext.Connect.address.enumerated() {
          put(UInt32(truncatingIfNeeded: value >> UInt128(96 - 32 * index)).bigEndian, word)
        }
      }
    case .connectElsewhere(let family):
      put(family, FilterContext.Connect.family)
    }
    return words
  }
}
