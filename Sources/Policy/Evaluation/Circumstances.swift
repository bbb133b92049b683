package import Diagnostics
package import URingABI

/// What a decision about SQE flags depends on beside the request and the policies.
///
/// Restrictions look at the flags of an entry as the program set them, filters at what the kernel has made of them. So it
/// matters which of the two holds a condition.
package struct Circumstances: Hashable, Sendable {
  /// The launcher itself was started in a jail, so that filters hold everything.
  package var insideAnotherJail = false
  /// Flags that the kernel gives the request because of others on the same ring: `behindDrain` or `behindDrainedLink`.
  package var added: SQEFlags = []

  package init(insideAnotherJail: Bool = false, added: SQEFlags = []) {
    self.insideAnotherJail = insideAnotherJail
    self.added = added
  }

  package static let usual = Circumstances()

  /// What every request gets that is submitted behind one with `io_drain` (io_init_req(), io_uring/io_uring.c).
  package static let behindDrain: SQEFlags = .async
  /// What the first request behind a chain of linked requests gets, if one of them has `io_drain`.
  package static let behindDrainedLink: SQEFlags = [.async, .ioDrain]
}

extension Submission {
  /// The flags that filters see of the request, in `sqe->flags` as well as what the kernel adds while it prepares it.
  ///
  /// What `fadvise` is about is not known here, so it counts as one that the kernel does not make asynchronous.
  package func flagsSeenByFilters(in circumstances: Circumstances = .usual) -> UInt8 {
    var seen = SQEFlags(rawValue: flags).union(circumstances.added)
    if seen.contains(.ioDrain) || isForcedAsync { seen.insert(.async) }
    return seen.rawValue
  }

  private var isForcedAsync: Bool {
    switch operation.forcedAsync {
    case .never, .whereAdviceIsSlow: return false
    case .always: return true
    case .whereFilesChange:
      guard case .open(let flags, _, _) = payload else { return false }
      return flags & OpenConstants.changing != 0
    }
  }

  /// The request with the flags that filters see.
  package func seenByFilters(in circumstances: Circumstances = .usual) -> Submission {
    Submission(operation, payload, flags: flagsSeenByFilters(in: circumstances), userData: userData)
  }
}

extension FlagRules {
  /// True if restrictions can say the conditions: each flag that is allowed or forbidden is a single bit. Flags of several
  /// bits can be required, as all of the bits are.
  package var areOfSingleBits: Bool {
    ((allow ?? []) + forbid).allSatisfy { $0.value.mask == $0.value.value && $0.value.mask.nonzeroBitCount == 1 }
  }
}

extension FlagRules {
  /// True if a word of SQE flags can break the conditions as the program set it, and satisfy them once the kernel has
  /// added flags. Filters would let such a request pass; restrictions do not.
  package var areMetByAddedFlags: Bool {
    let added = UInt64(Circumstances.behindDrainedLink.rawValue)
    // A list of single bits, allowed or forbidden, is never met by one bit more.
    let candidates = require + ((allow ?? []) + forbid).filter { $0.value.mask.nonzeroBitCount > 1 }
    guard candidates.contains(where: { $0.value.bits & added != 0 }) else { return false }
    return (0...UInt64(UInt8.max)).contains { word in
      !ReferenceEvaluator.satisfies(self, word)
        && [Circumstances.behindDrain, Circumstances.behindDrainedLink].contains { flags in
          ReferenceEvaluator.satisfies(self, word | UInt64(flags.rawValue))
        }
    }
  }

  /// The flag that filters cannot require, or the list that has it.
  package var placeOfAddedFlags: SourceSpan? {
    let added = UInt64(Circumstances.behindDrainedLink.rawValue)
    return (require + forbid + (allow ?? [])).first { $0.value.bits & added != 0 }?.span ?? span
  }
}

extension [Policy] {
  /// True if filters hold the flags of `[operations]`, and not restrictions.
  package func holdCommonFlagsByFilters(in circumstances: Circumstances = .usual) -> Bool {
    circumstances.insideAnotherJail
      || contains { $0.kernel.restrictions?.value == .never || !$0.operations.flags.areOfSingleBits }
  }
}
