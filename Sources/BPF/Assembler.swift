/// Lays out a program with symbolic jump targets and turns it into instructions.
///
/// Jumps go forward only, as the kernel demands. A conditional jump reaches 255 instructions; where its target is
/// further away, an unconditional jump is put right behind it.
package struct Assembler {
  /// A place in the program, to be reached by jumps that come before it.
  package struct Label: Hashable, Sendable {
    fileprivate let number: Int
  }

  /// Which way a conditional jump goes: to a label, or on to the next instruction.
  package enum Target: Hashable, Sendable {
    case next
    case label(Label)
  }

  package enum Failure: Error, Equatable {
    /// The program has no instruction: the kernel accepts 1 to 4096.
    case empty
    /// More than 4096 instructions; the number it would have.
    case tooLong(Int)
  }

  private enum Line {
    case plain(Instruction)
    case jump(Label)
    case branch(code: UInt16, k: UInt32, ifTrue: Target, ifFalse: Target)
    case place(Label)
  }

  private var lines: [Line] = []
  private var labels = 0

  package init() {}

  package mutating func makeLabel() -> Label {
    labels += 1
    return Label(number: labels - 1)
  }

  /// Puts a label before the next instruction. Each label is placed exactly once.
  package mutating func place(_ label: Label) { lines.append(.place(label)) }

  package mutating func loadWord(at offset: Int) {
    lines.append(.plain(Instruction(code: Opcode.loadWord, k: UInt32(offset))))
  }

  package mutating func and(_ mask: UInt32) {
    lines.append(.plain(Instruction(code: Opcode.andImmediate, k: mask)))
  }

  package mutating func multiply(by factor: UInt32) {
    lines.append(.plain(Instruction(code: Opcode.multiplyImmediate, k: factor)))
  }

  package mutating func shiftRight(by bits: UInt32) {
    lines.append(.plain(Instruction(code: Opcode.shiftRightImmediate, k: bits)))
  }

  /// X ← A
  package mutating func copyToIndex() { lines.append(.plain(Instruction(code: Opcode.copyToIndex))) }

  /// A ← X
  package mutating func copyFromIndex() { lines.append(.plain(Instruction(code: Opcode.copyFromIndex))) }

  /// A ← A | X
  package mutating func orIndex() { lines.append(.plain(Instruction(code: Opcode.orIndex))) }

  /// Lines so far, labels included: no program of them is shorter than their number without the labels.
  package var lineCount: Int { lines.count }

  package mutating func jump(to label: Label) { lines.append(.jump(label)) }

  /// Any instruction but a jump: those have targets.
  package mutating func append(_ instruction: Instruction) {
    precondition(
      instruction.code != Opcode.jump && !Opcode.conditionalJumps.contains(instruction.code), "jumps go to labels")
    lines.append(.plain(instruction))
  }

  /// Any conditional jump; `k` is without meaning where the operand is X.
  package mutating func branch(_ code: UInt16, _ k: UInt32 = 0, then: Target, else: Target) {
    precondition(Opcode.conditionalJumps.contains(code), "only conditional jumps have two targets")
    lines.append(.branch(code: code, k: k, ifTrue: then, ifFalse: `else`))
  }

  package mutating func branchIfEqual(_ k: UInt32, then: Target, else: Target) {
    lines.append(.branch(code: Opcode.jumpEqual, k: k, ifTrue: then, ifFalse: `else`))
  }

  package mutating func branchIfAtLeast(_ k: UInt32, then: Target, else: Target) {
    lines.append(.branch(code: Opcode.jumpGreaterOrEqual, k: k, ifTrue: then, ifFalse: `else`))
  }

  package mutating func branchIfAnyBit(_ mask: UInt32, then: Target, else: Target) {
    lines.append(.branch(code: Opcode.jumpBitsSet, k: mask, ifTrue: then, ifFalse: `else`))
  }

  package mutating func end(_ verdict: Verdict) { end(result: verdict.rawValue) }

  package mutating func end(result: UInt32) {
    lines.append(.plain(Instruction(code: Opcode.returnImmediate, k: result)))
  }

  /// The finished program, for a context of so many bytes.
  ///
  /// `limit`: most instructions. With more than the kernel's 4096, what comes out may be fit for the simulator only.
  ///
  /// - Precondition: every label used is placed, after all its uses, and the kernel accepts what comes out.
  package func assemble(
    limit: Int = Program.mostInstructions, contextSize: Int = Program.contextSize
  ) throws(Failure) -> Program {
    // Lengthening one branch can push another target out of reach, so repeat until nothing changes. Each round
    // lengthens at least one branch, and lengths only grow, so this ends.
    var layout = Layout(lines: lines.count, labels: labels)
    while measure(&layout) {}
    guard layout.count > 0 else { throw .empty }
    guard layout.count <= limit else { throw .tooLong(layout.count) }
    if layout.count > Program.mostInstructions { return Program(unchecked: emit(layout)) }
    guard let program = Program(checking: emit(layout), contextSize: contextSize) else {
      preconditionFailure("an assembled program is one that the kernel accepts")
    }
    return program
  }

  /// Where every label lies, and which sides of which branches need a jump of their own.
  private struct Layout {
    var labelPositions: [Int]
    var farTrue: [Bool]
    var farFalse: [Bool]
    var count = 0

    init(lines: Int, labels: Int) {
      labelPositions = [Int](repeating: -1, count: labels)
      farTrue = [Bool](repeating: false, count: lines)
      farFalse = [Bool](repeating: false, count: lines)
    }

    func length(of index: Int) -> Int { 1 + (farTrue[index] ? 1 : 0) + (farFalse[index] ? 1 : 0) }
  }

  /// Recomputes positions with the present lengths; true if that made further branches too short.
  private func measure(_ layout: inout Layout) -> Bool {
    var position = 0
    var starts = [Int](repeating: 0, count: lines.count)
    for (index, line) in lines.enumerated() {
      starts[index] = position
      switch line {
      case .place(let label): layout.labelPositions[label.number] = position
      case .plain, .jump: position += 1
      case .branch: position += layout.length(of: index)
      }
    }
    layout.count = position

    var changed = false
    for (index, line) in lines.enumerated() {
      guard case .branch(_, _, let ifTrue, let ifFalse) = line else { continue }
      // Both sides are counted from the instruction behind the test itself.
      let from = starts[index] + 1
      if !layout.farTrue[index], distance(to: ifTrue, from: from, layout) > Int(UInt8.max) {
        layout.farTrue[index] = true
        changed = true
      }
      if !layout.farFalse[index], distance(to: ifFalse, from: from, layout) > Int(UInt8.max) {
        layout.farFalse[index] = true
        changed = true
      }
    }
    return changed
  }

  private func distance(to target: Target, from position: Int, _ layout: Layout) -> Int {
    guard case .label(let label) = target else { return 0 }
    return layout.labelPositions[label.number] - position
  }

  private func emit(_ layout: Layout) -> [Instruction] {
    var program: [Instruction] = []
    program.reserveCapacity(layout.count)

    func distance(_ label: Label, from position: Int) -> Int {
      let distance = layout.labelPositions[label.number] - position
      precondition(distance >= 0, "a jump must go forward to a label that is placed")
      return distance
    }

    for (index, line) in lines.enumerated() {
      switch line {
      case .place: continue
      case .plain(let instruction): program.append(instruction)
      case .jump(let label):
        program.append(Instruction(code: Opcode.jump, k: UInt32(distance(label, from: program.count + 1))))
      case .branch(let code, let k, let ifTrue, let ifFalse):
        let test = program.count
        let extra = layout.length(of: index) - 1
        func reach(_ target: Target, farSlot: Int?) -> UInt8 {
          if let farSlot { return UInt8(farSlot) }
          guard case .label(let label) = target else { return UInt8(extra) }
          return UInt8(distance(label, from: test + 1))
        }
        // The jumps of far sides stand right behind the test: first the true side's, then the false side's.
        let trueSlot = layout.farTrue[index] ? 0 : nil
        let falseSlot = layout.farFalse[index] ? (layout.farTrue[index] ? 1 : 0) : nil
        program.append(
          Instruction(
            code: code, jumpTrue: reach(ifTrue, farSlot: trueSlot), jumpFalse: reach(ifFalse, farSlot: falseSlot), k: k)
        )
        for (isFar, target) in [(layout.farTrue[index], ifTrue), (layout.farFalse[index], ifFalse)] where isFar {
          guard case .label(let label) = target else { preconditionFailure("only labels are far") }
          program.append(Instruction(code: Opcode.jump, k: UInt32(distance(label, from: program.count + 1))))
        }
      }
    }
    return program
  }
}
