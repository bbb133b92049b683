import BPF
import Diagnostics
import Policy
package import URingABI

extension PrecompiledPolicy {
  /// Why a file is refused.
  package enum Refusal: Error, Hashable, Sendable {
    /// Of another version of the format than this program reads.
    case version(UInt32)
    /// Compiled for machines of another kind, on which the same numbers mean something else.
    case machine(Machine)
    /// Cut off, or longer than it says.
    case size
    /// Changed since it was written.
    case checksum
    /// Whole, and no policy all the same.
    case malformed
  }

  /// The version of the format that this program reads and writes.
  package static var formatVersion: UInt32 { PrecompiledFormat.version }

  /// True for the first bytes of a precompiled policy, even if the rest is damaged.
  package static func begins(_ bytes: [UInt8]) -> Bool { bytes.starts(with: PrecompiledFormat.magic) }

  /// Reads what `fileBytes` writes. Every program is held against what the kernel accepts.
  ///
  /// `firstSource`: the number of the first of `sources`.
  package init(fileBytes bytes: [UInt8], firstSource: Int32 = 0) throws(Refusal) {
    guard Self.begins(bytes) else { throw .malformed }
    guard bytes.count >= PrecompiledFormat.headerSize else { throw .size }
    var reader = Reader(bytes[PrecompiledFormat.magic.count...], firstSource)
    let version = try reader.number(UInt32.self)
    guard version == PrecompiledFormat.version else { throw .version(version) }
    let size = try reader.number(UInt32.self)
    let checksum = try reader.number(UInt32.self)
    guard reader.rest.count == Int(size) else { throw .size }
    guard Checksum.crc32(reader.rest) == checksum else { throw .checksum }
    let machine = Machine(rawValue: try reader.number(UInt32.self))
    guard machine == .native else { throw .machine(machine) }
    try self.init(&reader)
    guard reader.rest.isEmpty else { throw .malformed }
  }

  private init(_ reader: inout Reader) throws(Refusal) {
    permitted = try reader.codes()
    permittedRegistrations = try reader.codes()
    registrationPlace = try reader.place()
    let hasCommonFlags = try reader.truth()
    let flags = FlagCube(mask: try reader.number(UInt8.self), value: try reader.number(UInt8.self))
    guard flags.value & ~flags.mask == 0, hasCommonFlags || flags.mask == 0 else { throw .malformed }
    commonFlags = hasCommonFlags ? flags : nil
    process = try reader.processRules()
    kernel = try reader.kernelRules()
    let count = try reader.number(UInt16.self)
    var entries: [Entry] = []
    for _ in 0..<count {
      let operation = Operation(code: try reader.number(UInt8.self))
      // Ascending: an operation that came twice would have a second meaning.
      if let last = entries.last, last.operation >= operation { throw .malformed }
      let place = try reader.place()
      // Nothing is shown of other operations' arguments, so no condition can be about them.
      guard place == nil || FilterContext.payload(of: operation) != nil else { throw .malformed }
      let mayDeny = try reader.truth()
      let programs = try reader.programs()
      let isSame = try reader.truth()
      entries.append(
        Entry(
          operation: operation, argumentPlace: place, mayDenyOperation: mayDeny, programs: programs,
          programsWithCommonFlags: isSame ? programs : try reader.programs()))
    }
    self.entries = entries
  }
}

/// What is left of a file. Whatever is missing or out of range is malformed.
private struct Reader {
  typealias Refusal = PrecompiledPolicy.Refusal

  private(set) var rest: ArraySlice<UInt8>
  /// Of the next place.
  private var source: Int32

  init(_ bytes: ArraySlice<UInt8>, _ firstSource: Int32) {
    rest = bytes
    source = firstSource
  }

  private mutating func take(_ count: Int) throws(Refusal) -> ArraySlice<UInt8> {
    guard rest.count >= count else { throw .malformed }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func number<Number: FixedWidthInteger & UnsignedInteger>(_: Number.Type) throws(Refusal) -> Number {
    var value: Number = 0
    for (index, byte) in try take(Number.bitWidth / 8).enumerated() { value |= Number(byte) << Number(8 * index) }
    return value
  }

  mutating func truth() throws(Refusal) -> Bool {
    let byte = try number(UInt8.self)
    guard byte <= 1 else { throw .malformed }
    return byte == 1
  }

  mutating func text() throws(Refusal) -> String {
    let count = try number(UInt32.self)
    guard let text = String(validating: try take(Int(count)), as: UTF8.self) else { throw .malformed }
    return text
  }

  mutating func codes() throws(Refusal) -> CodeSet {
    var words: [UInt64] = []
    for _ in 0..<4 { words.append(try number(UInt64.self)) }
    return CodeSet(words: words)
  }

  mutating func place() throws(Refusal) -> PrecompiledPolicy.Place? {
    guard try truth() else { return nil }
    let name = try text()
    let (line, column) = (try number(UInt32.self), try number(UInt32.self))
    let length = try number(UInt32.self)
    let text = try text()
    // A policy has at most 8 MiB, and so at most as many lines.
    guard (1...(8 << 20)).contains(line), !text.utf8.contains(0x0A),
      UInt64(column) + UInt64(length) <= UInt64(text.utf8.count)
    else {
      throw .malformed
    }
    defer { source += 1 }
    return PrecompiledPolicy.Place(
      name: name, line: line, column: column, length: length, text: text, id: SourceID(source))
  }

  mutating func programs() throws(Refusal) -> [Program] {
    let count = try number(UInt16.self)
    var programs: [Program] = []
    for _ in 0..<count {
      let length = try number(UInt16.self)
      var instructions: [Instruction] = []
      instructions.reserveCapacity(Int(length))
      for _ in 0..<length {
        instructions.append(
          Instruction(
            code: try number(UInt16.self), jumpTrue: try number(UInt8.self), jumpFalse: try number(UInt8.self),
            k: try number(UInt32.self)))
      }
      guard let program = Program(checking: instructions) else { throw .malformed }
      programs.append(program)
    }
    return programs
  }

  // MARK: Rules

  /// Words are numbered from 1; 0 is none.
  private mutating func word<Word: Sendable>(_ words: [Word]) throws(Refusal) -> Located<Word>? {
    let number = Int(try number(UInt8.self))
    guard number <= words.count else { throw .malformed }
    return number == 0 ? nil : Located(words[number - 1], at: Self.nowhere)
  }

  /// What is said of process and kernel needs no place: a launch never points there.
  private static let nowhere = SourceSpan(0..<0, in: SourceID(-1))

  mutating func processRules() throws(Refusal) -> ProcessRules {
    let noNewPrivileges = try truth()
    let exec = try word(ProcessRules.Exec.allCases)
    var kept: [Located<Int32>] = []
    for _ in 0..<(try number(UInt32.self)) {
      let descriptor = Int32(bitPattern: try number(UInt32.self))
      guard descriptor > 2 else { throw .malformed }
      kept.append(Located(descriptor, at: Self.nowhere))
    }
    let dropped: ProcessRules.DroppedCapabilities?
    switch try number(UInt8.self) {
    case 0: dropped = nil
    case 1: dropped = .all
    case 2:
      let numbers = Array(try take(Int(try number(UInt8.self))))
      guard numbers.allSatisfy({ $0 <= Capability.largest }) else { throw .malformed }
      dropped = .some(numbers)
    default: throw .malformed
    }
    return ProcessRules(
      noNewPrivileges: noNewPrivileges, exec: exec, keepDescriptors: kept,
      droppedCapabilities: dropped.map { Located($0, at: Self.nowhere) })
  }

  mutating func kernelRules() throws(Refusal) -> KernelRules {
    KernelRules(
      unsupported: try word(KernelRules.Unsupported.allCases),
      unfilterable: try word(KernelRules.Unfilterable.allCases),
      holes: try word(KernelRules.Holes.allCases), restrictions: try word(KernelRules.Restrictions.allCases))
  }
}
