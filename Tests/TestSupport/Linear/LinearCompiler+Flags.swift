import BPF
import Policy
import URingABI

/// Conditions on words of flags. The word at hand is in M[0] (low half) and M[1] (high half).
extension LinearCompiler {
  private static let low: UInt32 = 0
  private static let high: UInt32 = 1
  /// Bits that no flag of an `allow` list has explained yet.
  private static let unexplainedLow: UInt32 = 2
  private static let unexplainedHigh: UInt32 = 3

  /// `u8 sqe_flags` @9: the second byte of the word at 8.
  mutating func checkEntryFlags(_ rules: FlagRules) {
    if Self.isFree(rules) { return }
    code.loadWord(at: 8)
    #if _endian(little)
      code.shiftRight(by: 8)
    #else
      code.shiftRight(by: 16)
    #endif
    code.and(0xFF)
    code.append(Instruction(code: Opcode.store, k: Self.low))
    code.append(Instruction(code: Opcode.loadImmediate, k: 0))
    code.append(Instruction(code: Opcode.store, k: Self.high))
    check(rules, SQEFlags.vocabulary)
  }

  private static func isFree(_ rules: FlagRules) -> Bool {
    rules.allow == nil && rules.forbid.isEmpty && rules.require.isEmpty
  }

  /// A number of 64 bits at the offset.
  private mutating func loadWide(at offset: Int) {
    code.loadWord(at: Self.lowWord(of: offset))
    code.append(Instruction(code: Opcode.store, k: Self.low))
    code.loadWord(at: Self.highWord(of: offset))
    code.append(Instruction(code: Opcode.store, k: Self.high))
  }

  /// Goes on if the word satisfies the conditions.
  ///
  /// `exempt`: bits that `allow` need not list.
  mutating func check(_ rules: FlagRules, _ vocabulary: FlagVocabulary, exempting exempt: UInt64 = 0) {
    if Self.isFree(rules) { return }
    denyUnknownBits(rules, vocabulary)
    for flag in rules.forbid.map(\.value) {
      let absent = code.makeLabel()
      requireCarried(flag, else: absent)
      code.jump(to: deny)
      code.place(absent)
    }
    for flag in rules.require.map(\.value) { requireCarried(flag, else: deny) }
    guard let allow = rules.allow else { return }
    copyUnexplained(except: vocabulary.ignored | exempt)
    for flag in allow.map(\.value) {
      let absent = code.makeLabel()
      requireCarried(flag, else: absent)
      explain(flag.bits)
      code.place(absent)
    }
    for slot in [Self.unexplainedLow, Self.unexplainedHigh] {
      load(slot)
      code.branchIfEqual(0, then: .next, else: .label(deny))
    }
  }

  /// Denies bits that have no name and are not in the rules by number.
  private mutating func denyUnknownBits(_ rules: FlagRules, _ vocabulary: FlagVocabulary) {
    let flags = vocabulary.flags + ((rules.allow ?? []) + rules.forbid + rules.require).map(\.value)
    let known = flags.reduce(vocabulary.ignored) { $0 | $1.bits }
    load(Self.low)
    code.branchIfAnyBit(~Self.lowHalf(known), then: .label(deny), else: .next)
    load(Self.high)
    code.branchIfAnyBit(~Self.highHalf(known), then: .label(deny), else: .next)
  }

  /// Goes on if the word carries the flag, and else to the label.
  private mutating func requireCarried(_ flag: Flag, else other: Assembler.Label) {
    require(flag.mask, flag.value, else: other)
  }

  private mutating func require(_ mask: UInt64, _ value: UInt64, else other: Assembler.Label) {
    load(Self.low)
    code.and(Self.lowHalf(mask))
    code.branchIfEqual(Self.lowHalf(value), then: .next, else: .label(other))
    load(Self.high)
    code.and(Self.highHalf(mask))
    code.branchIfEqual(Self.highHalf(value), then: .next, else: .label(other))
  }

  private mutating func copyUnexplained(except free: UInt64) {
    load(Self.low)
    code.and(~Self.lowHalf(free))
    code.append(Instruction(code: Opcode.store, k: Self.unexplainedLow))
    load(Self.high)
    code.and(~Self.highHalf(free))
    code.append(Instruction(code: Opcode.store, k: Self.unexplainedHigh))
  }

  private mutating func explain(_ bits: UInt64) {
    for (slot, half) in [(Self.unexplainedLow, Self.lowHalf(bits)), (Self.unexplainedHigh, Self.highHalf(bits))] {
      load(slot)
      code.and(~half)
      code.append(Instruction(code: Opcode.store, k: slot))
    }
  }

  private mutating func load(_ slot: UInt32) { code.append(Instruction(code: Opcode.loadMemory, k: slot)) }

  private static func lowHalf(_ word: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: word) }
  private static func highHalf(_ word: UInt64) -> UInt32 { UInt32(word >> 32) }

  // MARK: [open]

  /// `u64 flags` @16, `u64 mode` @24, `u64 resolve` @32.
  mutating func check(_ rules: OpenRules) {
    loadWide(at: 16)
    if let access = rules.access?.map(\.value) {
      let found = code.makeLabel()
      for access in access {
        let next = code.makeLabel()
        require(access, else: next)
        code.jump(to: found)
        code.place(next)
      }
      code.jump(to: deny)
      code.place(found)
      denyUnknownBits(rules.flags, OpenConstants.flags)
    }
    check(rules.flags, OpenConstants.flags, exempting: rules.accessAllowsPath ? OpenConstants.path : 0)
    let keeps = code.makeLabel()
    let creates = code.makeLabel()
    for bit in (0..<64 as Range<UInt64>).map({ UInt64(1) << $0 }) where OpenConstants.creating & bit != 0 {
      let absent = code.makeLabel()
      require(bit, bit, else: absent)
      code.jump(to: creates)
      code.place(absent)
    }
    code.jump(to: keeps)
    code.place(creates)
    loadWide(at: 24)
    check(rules.mode, OpenConstants.mode)
    code.place(keeps)
    loadWide(at: 32)
    check(rules.resolve, OpenConstants.resolve)
  }

  /// Goes on if the flags ask for this access, and else to the label.
  private mutating func require(_ access: OpenRules.Access, else other: Assembler.Label) {
    switch access {
    case .path:
      require(OpenConstants.path, OpenConstants.path, else: other)
    case .read:
      require(OpenConstants.path, 0, else: other)
      require(OpenConstants.accessMask, OpenConstants.readOnly, else: other)
      require(OpenConstants.changing, 0, else: other)
    case .write:
      require(OpenConstants.path, 0, else: other)
      require(OpenConstants.accessMask, OpenConstants.writeOnly, else: other)
    case .readWrite:
      require(OpenConstants.path, 0, else: other)
      require(OpenConstants.accessMask, OpenConstants.readWrite, else: other)
    }
  }
}
