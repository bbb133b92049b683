import BPF
import Policy
package import URingABI

extension PrecompiledPolicy {
  /// Why a file is refused.
  package enum Refusal: Error, Hashable, Sendable {
    /// Of another version of the format than this program reads.
    case version(UInt32)
    /// Made by another compiler than that of this program; see `CompilerVersion`.
    case compiler(UInt32)
    /// Compiled for machines of another kind, on which the same numbers mean something else.
    case machine(Machine)
    /// Cut off, or longer than it says.
    case size
    /// Changed since it was written.
    case checksum
    /// Whole, and no policy all the same: why, as a sentence about "it".
    case malformed(String)
  }

  /// The version of the format that this program reads and writes.
  package static var formatVersion: UInt32 { PrecompiledFormat.version }

  /// The number of the compiler in this program.
  package static var compilerVersion: UInt32 { CompilerVersion.current }

  /// True for the first bytes of a precompiled policy, even if the rest is damaged.
  package static func begins(_ bytes: [UInt8]) -> Bool { bytes.starts(with: PrecompiledFormat.magic) }

  /// Reads what `fileBytes` writes. Every program is held against what the kernel accepts, and all that is said against
  /// all else that is said.
  ///
  /// `firstSource`: the number of the first of `sources`.
  package init(fileBytes bytes: [UInt8], firstSource: Int32 = 0) throws(Refusal) {
    guard Self.begins(bytes) else { throw .malformed("it does not begin as a precompiled policy does") }
    guard bytes.count >= PrecompiledFormat.headerSize else { throw .size }
    var fields = PrecompiledFields(bytes[PrecompiledFormat.magic.count...], firstSource)
    let version = try fields.number(UInt32.self)
    guard version == PrecompiledFormat.version else { throw .version(version) }
    let compiler = try fields.number(UInt32.self)
    guard compiler == CompilerVersion.current else { throw .compiler(compiler) }
    let size = try fields.number(UInt32.self)
    let checksum = try fields.number(UInt32.self)
    guard fields.rest.count == Int(size) else { throw .size }
    guard Checksum.crc32(fields.rest) == checksum else { throw .checksum }
    let machine = Machine(rawValue: try fields.number(UInt32.self))
    guard machine == .native else { throw .machine(machine) }
    try self.init(&fields)
    guard fields.rest.isEmpty else { throw .malformed("it continues after its end") }
    if let contradiction { throw .malformed(contradiction) }
  }

  private init(_ fields: inout PrecompiledFields) throws(Refusal) {
    policies = try fields.texts()
    permitted = try fields.codes()
    permittedRegistrations = try fields.codes()
    registrationPlace = try fields.place()
    let hasCommonFlags = try fields.truth()
    let flags = FlagCube(mask: try fields.number(UInt8.self), value: try fields.number(UInt8.self))
    guard flags.value & ~flags.mask == 0, hasCommonFlags || flags.mask == 0 else {
      throw .malformed("it restricts flags to values outside of their mask")
    }
    commonFlags = hasCommonFlags ? flags : nil
    process = try fields.processRules()
    kernel = try fields.kernelRules()
    let count = try fields.number(UInt16.self)
    var entries: [Entry] = []
    for _ in 0..<count {
      let operation = Operation(code: try fields.number(UInt8.self))
      // Ascending: an operation that came twice would have a second meaning.
      if let last = entries.last, last.operation >= operation {
        throw .malformed("it lists '\(operation.name)' twice, or in the wrong order")
      }
      let place = try fields.place()
      let mayDeny = try fields.truth()
      let (programs, lastWord) = try fields.programs()
      if let flaw = Self.flaw(of: operation, isAboutArguments: place != nil, lastWord: lastWord) {
        throw .malformed(flaw)
      }
      entries.append(
        Entry(operation: operation, argumentPlace: place, mayDenyOperation: mayDeny, programs: programs))
    }
    self.entries = entries
  }
}
