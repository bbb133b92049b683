package import BPF
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

    package init(name: String, line: UInt32, column: UInt32, length: UInt32, text: String) {
      self.name = name
      self.line = line
      self.column = column
      self.length = length
      self.text = text
    }
  }

  /// What holds for one operation beyond being permitted.
  package struct Entry: Hashable, Sendable {
    package let operation: Operation
    /// Where conditions on the operation's own arguments are; `nil` if there are none.
    package let argumentPlace: Place?
    /// Without the conditions on flags that `commonFlags` has.
    package let programs: [Program]
    /// With every condition on flags.
    package let programsWithCommonFlags: [Program]
  }

  /// By operation code.
  package let permitted: CodeSet
  /// By register opcode.
  package let permittedRegistrations: CodeSet
  /// Where register opcodes are restricted; `nil` if they are not.
  package let registrationPlace: Place?
  /// SQE flags of every request, where one mask and value say it: `nil` if they do not.
  package let commonFlags: FlagCube?
  /// Operations that have programs or conditions on arguments, ascending.
  package let entries: [Entry]
  /// True if operations whose arguments the kernel does not show may be denied whole.
  package let deniesHiddenOperations: Bool
  package let process: ProcessRules
  package let kernel: KernelRules

  /// Bits of the flags that must have given values.
  package struct FlagCube: Hashable, Sendable {
    package let mask: UInt8
    package let value: UInt8
  }

  func entry(of operation: Operation) -> Entry? { entries.first { $0.operation == operation } }
}

/// A set of 8-bit codes.
package struct CodeSet: Hashable, Sendable {
  /// 256 bits, the lowest code first.
  private(set) var words: [UInt64] = [0, 0, 0, 0]

  package init(where contains: (UInt8) -> Bool) {
    for code in UInt8.min...UInt8.max where contains(code) { words[Int(code >> 6)] |= 1 << UInt64(code & 63) }
  }

  init(words: [UInt64]) {
    precondition(words.count == 4, "there are 256 codes")
    self.words = words
  }

  package func contains(_ code: UInt8) -> Bool { words[Int(code >> 6)] >> UInt64(code & 63) & 1 == 1 }
}
