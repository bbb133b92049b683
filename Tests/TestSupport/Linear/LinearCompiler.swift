package import BPF
package import Policy
import PolicyAdvice
package import URingABI

/// Compiles policies the plainest way there is: every rule in turn, every value in turn, as the language describes
/// them. Nothing is merged, shared or left out, so that its programs can judge those of the real compiler.
///
/// It has nothing in common with that compiler but the assembler; offsets into the context are written out here.
package struct LinearCompiler {
  /// What no program may be longer than if the kernel shall run it, and what the simulator can take.
  package static let anyLength = Int.max

  var code = Assembler()
  /// Where requests end that some rule denies.
  let deny: Assembler.Label

  /// One program for all policies: each of them must allow.
  ///
  /// `limit`: most instructions.
  package static func program(
    for operation: Operation, under policies: [Policy], limit: Int = anyLength
  ) throws(Assembler.Failure) -> Program {
    var compiler = LinearCompiler()
    for policy in policies { compiler.check(operation, policy) }
    compiler.code.end(.allow)
    compiler.code.place(compiler.deny)
    compiler.code.end(.deny)
    return try compiler.code.assemble(limit: limit)
  }

  private init() {
    deny = code.makeLabel()
  }

  /// Goes on if the policy allows the request.
  private mutating func check(_ operation: Operation, _ policy: Policy) {
    let rules = policy.operations
    let isListed = rules.allow.contains { $0.value == operation }
    if rules.deny.contains(where: { $0.value == operation }) || (rules.byDefault == .deny && !isListed) {
      code.jump(to: deny)
      return
    }
    checkEntryFlags(policy.operations.flags)
    for conditions in policy.conditions where conditions.operation.value == operation {
      checkEntryFlags(conditions.flags)
      if let ranges = conditions.userData?.map(\.value) { checkUserData(ranges) }
    }
    switch operation {
    case .openat, .openat2: if let rules = policy.open { check(rules) }
    case .socket: if let rules = policy.socket { check(rules) }
    case .connect: if let rules = policy.connect { check(rules) }
    default: break
    }
  }

  // MARK: Entries

  /// Goes on if one entry of `allow` matches, where there is such a list, and none of `deny`.
  ///
  /// `match`: goes on if the entry matches, and else to the label.
  mutating func checkEntries<Entry>(
    allow: [Entry]?, deny denied: [Entry], _ match: (inout LinearCompiler, Entry, Assembler.Label) -> Void
  ) {
    if let allow {
      let found = code.makeLabel()
      for entry in allow {
        let next = code.makeLabel()
        match(&self, entry, next)
        code.jump(to: found)
        code.place(next)
      }
      code.jump(to: deny)
      code.place(found)
    }
    for entry in denied {
      let next = code.makeLabel()
      match(&self, entry, next)
      code.jump(to: deny)
      code.place(next)
    }
  }

  /// Goes on if the accumulator holds one of the values, and else to the label.
  mutating func requireAny(of values: [UInt32], else other: Assembler.Label) {
    let found = code.makeLabel()
    for value in values { code.branchIfEqual(value, then: .label(found), else: .next) }
    code.jump(to: other)
    code.place(found)
  }

  /// Goes on if the bits of the word at the offset have the value, and else to the label.
  mutating func require(_ offset: Int, mask: UInt32 = .max, _ value: UInt32, else other: Assembler.Label) {
    code.loadWord(at: offset)
    if mask != .max { code.and(mask) }
    code.branchIfEqual(value, then: .next, else: .label(other))
  }

  // MARK: User data

  /// `u64 user_data` @0: in one of the ranges.
  private mutating func checkUserData(_ ranges: [ClosedRange<UInt64>]) {
    let found = code.makeLabel()
    for range in ranges {
      let next = code.makeLabel()
      requireAtLeast(range.lowerBound, else: next)
      if range.upperBound < .max {
        // At most the upper bound: not at least the number behind it.
        let inside = code.makeLabel()
        requireAtLeast(range.upperBound + 1, else: inside)
        code.jump(to: next)
        code.place(inside)
      }
      code.jump(to: found)
      code.place(next)
    }
    code.jump(to: deny)
    code.place(found)
  }

  /// Goes on if the user data is the bound or more, and else to the label.
  private mutating func requireAtLeast(_ bound: UInt64, else other: Assembler.Label) {
    let (high, low) = (UInt32(bound >> 32), UInt32(truncatingIfNeeded: bound))
    let (compareLow, enough) = (code.makeLabel(), code.makeLabel())
    code.loadWord(at: Self.highWord(of: 0))
    code.branchIfEqual(high, then: .label(compareLow), else: .next)
    code.branchIfAtLeast(high, then: .label(enough), else: .label(other))
    code.place(compareLow)
    code.loadWord(at: Self.lowWord(of: 0))
    code.branchIfAtLeast(low, then: .label(enough), else: .label(other))
    code.place(enough)
  }

  // MARK: Words

  /// Offset of the low half of a number of 64 bits at the offset.
  static func lowWord(of offset: Int) -> Int {
    #if _endian(little)
      offset
    #else
      offset + 4
    #endif
  }

  static func highWord(of offset: Int) -> Int {
    #if _endian(little)
      offset + 4
    #else
      offset
    #endif
  }
}
