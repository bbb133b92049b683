package import BPF
package import Diagnostics
package import Policy
package import URingABI

/// A policy that was compiled ahead: all that a launch needs of it, and nothing of its text but the places that a
/// message can be about.
///
/// It is made for every kernel at once: it says what holds for each of the 256 operation codes, and whether the running
/// kernel can do that is found out at the launch, as with a policy that is read.
package struct PrecompiledPolicy: Sendable {
  /// A line of the policy that the launch may have to point to.
  package struct Place: Hashable, Sendable {
    /// Of the file.
    package let name: String
    /// From 1.
    package let line: UInt32
    /// Bytes from the start of the line.
    package let column: UInt32
    /// Bytes.
    package let length: UInt32
    /// The line itself.
    package let text: String

    /// Of `source`, among those of a run.
    package let id: SourceID

    /// The place in `source`.
    package var span: SourceSpan {
      let start = Int(line - 1 + column)
      return SourceSpan(start..<start + Int(length), in: id)
    }

    /// The file as far as a message needs it: empty but for the line.
    package var source: SourceText {
      SourceText(name: name, bytes: [UInt8](repeating: 0x0A, count: Int(line - 1)) + Array(text.utf8), id: id)
    }
  }

  /// What holds for one operation beyond being permitted.
  package struct Entry: Hashable, Sendable {
    package let operation: Operation
    /// Where conditions on the operation's own arguments are; `nil` if there are none.
    package let argumentPlace: Place?
    /// True if the operation may be denied whole where the kernel shows too little of it.
    package let mayDenyOperation: Bool
    /// Without the conditions on flags that `commonFlags` has.
    package let programs: [Program]
  }

  /// What the policies that it was made from were called, as `compile` was given them.
  package let policies: [String]
  /// By operation code.
  package let permitted: CodeSet
  /// By register opcode.
  package let permittedRegistrations: CodeSet
  /// Where register opcodes are restricted; `nil` if they are not.
  package let registrationPlace: Place?
  /// SQE flags of every request, where one mask and value say it: `nil` if they do not, and the programs of every
  /// operation do.
  package let commonFlags: FlagCube?
  /// Operations that have programs or conditions on arguments, ascending.
  package let entries: [Entry]
  package let process: ProcessRules
  package let kernel: KernelRules

  /// Bits of the flags that must have given values.
  package struct FlagCube: Hashable, Sendable {
    package let mask: UInt8
    package let value: UInt8

    /// True if flags that the kernel sets can bring a request into the cube; see `FlagRules.areMetByAddedFlags`.
    var isMetByAddedFlags: Bool {
      func contains(_ word: UInt8) -> Bool { word & mask == value }
      return (0...UInt8.max).contains { word in
        !contains(word)
          && [Circumstances.behindDrain, Circumstances.behindDrainedLink].contains { contains(word | $0.rawValue) }
      }
    }
  }

  /// Every text that a message about this policy can point into.
  package var sources: [SourceText] {
    ([registrationPlace] + entries.map(\.argumentPlace)).compactMap { $0?.source }
  }

  func entry(of operation: Operation) -> Entry? { entries.first { $0.operation == operation } }

  /// The programs that requests of a permitted operation must all pass. See `CombinedPolicy.programs`.
  func programs(for operation: Operation, withCommonFlags: Bool) -> [Program] {
    let own = entry(of: operation)?.programs ?? []
    guard withCommonFlags, let commonFlags, commonFlags.mask != 0 else { return own }
    return commonFlags.required(before: own)
  }
}

extension PrecompiledPolicy.FlagCube {
  /// Programs that deny what does not have these flags, and beside that do the same. Said once in the file, the flags
  /// cannot contradict what is said of each operation.
  func required(before programs: [Program]) -> [Program] {
    let shift = UInt32(FilterContext.Header.sqeFlagsShift)
    let word = UInt32(FilterContext.Header.sqeFlags.offset)
    let check = [
      Instruction(code: Opcode.loadWord, k: word), Instruction(code: Opcode.andImmediate, k: UInt32(mask) << shift),
      Instruction(code: Opcode.jumpEqual, jumpTrue: 1, jumpFalse: 0, k: UInt32(value) << shift),
      Instruction(code: Opcode.returnImmediate, k: Verdict.deny.rawValue),
    ]
    let allowance = [Instruction(code: Opcode.returnImmediate, k: Verdict.allow.rawValue)]
    guard let first = programs.first else { return [Self.program(check + allowance)] }
    // What follows finds the accumulator as at the beginning of a program.
    let whole = check + [Instruction(code: Opcode.loadImmediate, k: 0)] + first.instructions
    guard whole.count <= Program.mostInstructions else { return [Self.program(check + allowance)] + programs }
    return [Self.program(whole)] + programs.dropFirst()
  }

  private static func program(_ instructions: [Instruction]) -> Program {
    guard let program = Program(checking: instructions) else {
      preconditionFailure("a check in front of a program that the kernel takes is one as well")
    }
    return program
  }
}
