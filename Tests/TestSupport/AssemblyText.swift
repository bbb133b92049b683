package import BPF

/// Reads what `Disassembler` writes: the part of the kernel's `bpf_asm` syntax that filters need.
package enum AssemblyText {
  /// A line that is not understood.
  package struct Mistake: Error, Equatable {
    package let line: String
  }

  package static func instructions(of text: String) throws(Mistake) -> [Instruction] {
    var labels: [Substring: Int] = [:]
    var bodies: [Substring] = []
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { labels[parts[0]] = bodies.count }
      bodies.append(parts.last ?? "")
    }
    var instructions: [Instruction] = []
    for (index, body) in bodies.enumerated() {
      guard let instruction = instruction(body, at: index, labels) else { throw Mistake(line: String(body)) }
      instructions.append(instruction)
    }
    return instructions
  }

  private static func instruction(_ body: Substring, at index: Int, _ labels: [Substring: Int]) -> Instruction? {
    var words = body.split { " \t,".contains($0) }
    guard !words.isEmpty else { return nil }
    let name = words.removeFirst()

    /// Instructions to skip on the way to the label.
    func distance(_ label: Substring) -> Int? {
      labels[label].map { $0 - index - 1 }.flatMap { $0 >= 0 ? $0 : nil }
    }
    switch (name, words.count) {
    case ("tax", 0): return Instruction(code: Opcode.copyToIndex)
    case ("txa", 0): return Instruction(code: Opcode.copyFromIndex)
    case ("neg", 0): return Instruction(code: Opcode.negate)
    case ("ret", 1) where words[0] == "a": return Instruction(code: Opcode.returnAccumulator)
    case ("ja", 1):
      guard let distance = distance(words[0]) else { return nil }
      return Instruction(code: Opcode.jump, k: UInt32(distance))
    case ("ld", 1), ("ldx", 1), ("st", 1), ("stx", 1):
      return access(name, words[0])
    case (_, 3):
      guard let codes = jumps[name], let (code, k) = operand(words[0], codes),
        let ifTrue = distance(words[1]).flatMap(UInt8.init(exactly:)),
        let ifFalse = distance(words[2]).flatMap(UInt8.init(exactly:))
      else { return nil }
      return Instruction(code: code, jumpTrue: ifTrue, jumpFalse: ifFalse, k: k)
    case (_, 1):
      guard let codes = operations[name], let (code, k) = operand(words[0], codes) else { return nil }
      return Instruction(code: code, k: k)
    default: return nil
    }
  }

  private static func access(_ name: Substring, _ place: Substring) -> Instruction? {
    if place == "#len" {
      switch name {
      case "ld": return Instruction(code: Opcode.loadLength)
      case "ldx": return Instruction(code: Opcode.loadIndexLength)
      default: return nil
      }
    }
    if let k = constant(place) {
      switch name {
      case "ld": return Instruction(code: Opcode.loadImmediate, k: k)
      case "ldx": return Instruction(code: Opcode.loadIndexImmediate, k: k)
      default: return nil
      }
    }
    let parts = place.split(separator: "[", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].hasSuffix("]"), let k = UInt32(parts[1].dropLast()) else { return nil }
    switch (name, parts[0]) {
    case ("ld", ""): return Instruction(code: Opcode.loadWord, k: k)
    case ("ld", "M"): return Instruction(code: Opcode.loadMemory, k: k)
    case ("ldx", "M"): return Instruction(code: Opcode.loadIndexMemory, k: k)
    case ("st", "M"): return Instruction(code: Opcode.store, k: k)
    case ("stx", "M"): return Instruction(code: Opcode.storeIndex, k: k)
    default: return nil
    }
  }

  private typealias Codes = (constant: UInt16, index: UInt16?)

  private static func operand(_ word: Substring, _ codes: Codes) -> (code: UInt16, k: UInt32)? {
    if word == "x" { return codes.index.map { ($0, 0) } }
    return constant(word).map { (codes.constant, $0) }
  }

  private static func constant(_ word: Substring) -> UInt32? {
    guard word.hasPrefix("#") else { return nil }
    let digits = word.dropFirst()
    return digits.hasPrefix("0x") ? UInt32(digits.dropFirst(2), radix: 16) : UInt32(digits)
  }

  private static let operations: [Substring: Codes] = [
    "add": (Opcode.addImmediate, Opcode.addIndex), "sub": (Opcode.subtractImmediate, Opcode.subtractIndex),
    "mul": (Opcode.multiplyImmediate, Opcode.multiplyIndex), "div": (Opcode.divideImmediate, Opcode.divideIndex),
    "or": (Opcode.orImmediate, Opcode.orIndex), "and": (Opcode.andImmediate, Opcode.andIndex),
    "xor": (Opcode.exclusiveOrImmediate, Opcode.exclusiveOrIndex),
    "lsh": (Opcode.shiftLeftImmediate, Opcode.shiftLeftIndex),
    "rsh": (Opcode.shiftRightImmediate, Opcode.shiftRightIndex), "ret": (Opcode.returnImmediate, nil),
  ]

  private static let jumps: [Substring: Codes] = [
    "jeq": (Opcode.jumpEqual, Opcode.jumpEqualIndex), "jgt": (Opcode.jumpGreater, Opcode.jumpGreaterIndex),
    "jge": (Opcode.jumpGreaterOrEqual, Opcode.jumpGreaterOrEqualIndex),
    "jset": (Opcode.jumpBitsSet, Opcode.jumpBitsSetIndex),
  ]
}
