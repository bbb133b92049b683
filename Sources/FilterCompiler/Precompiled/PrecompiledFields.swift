import BPF
import Diagnostics
import Policy
import URingABI

/// What is left of a file. Whatever is missing or out of range is malformed.
struct PrecompiledFields {
  typealias Refusal = PrecompiledPolicy.Refusal

  private(set) var rest: ArraySlice<UInt8>
  /// Of the next place.
  private var source: Int32

  init(_ bytes: ArraySlice<UInt8>, _ firstSource: Int32) {
    rest = bytes
    source = firstSource
  }

  private mutating func take(_ count: Int) throws(Refusal) -> ArraySlice<UInt8> {
    guard rest.count >= count else { throw .malformed("it ends too early") }
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
    guard byte <= 1 else { throw .malformed("it has \(byte) where only 0 and 1 are valid") }
    return byte == 1
  }

  mutating func text() throws(Refusal) -> String {
    let count = try number(UInt32.self)
    guard let text = String(validating: try take(Int(count)), as: UTF8.self) else {
      throw .malformed("it has text that is not UTF-8")
    }
    return text
  }

  mutating func texts() throws(Refusal) -> [String] {
    let count = try number(UInt16.self)
    var texts: [String] = []
    for _ in 0..<count { texts.append(try text()) }
    return texts
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
      throw .malformed("it points to a place that its line does not have")
    }
    defer { source += 1 }
    return PrecompiledPolicy.Place(
      name: name, line: line, column: column, length: length, text: text, id: SourceID(source))
  }

  /// Programs, and the offset of the last word of a request that any of them loads; -1 if none loads any.
  mutating func programs() throws(Refusal) -> (programs: [Program], lastWord: Int) {
    let count = try number(UInt16.self)
    var programs: [Program] = []
    var lastWord = -1
    for _ in 0..<count {
      let length = try number(UInt16.self)
      var instructions: [Instruction] = []
      instructions.reserveCapacity(Int(length))
      for _ in 0..<length {
        let instruction = Instruction(
          code: try number(UInt16.self), jumpTrue: try number(UInt8.self), jumpFalse: try number(UInt8.self),
          k: try number(UInt32.self))
        instructions.append(instruction)
        if instruction.code == Opcode.loadWord { lastWord = max(lastWord, Int(instruction.k)) }
      }
      guard let program = Program(checking: instructions) else {
        throw .malformed("it has a program that no kernel accepts")
      }
      programs.append(program)
    }
    return (programs, lastWord)
  }

  // MARK: Rules

  /// Words are numbered from 1; 0 is none.
  private mutating func word<Word: Sendable>(_ words: [Word]) throws(Refusal) -> Located<Word>? {
    let number = Int(try number(UInt8.self))
    guard number <= words.count else { throw .malformed("it has \(number) where there are \(words.count) words") }
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
      guard descriptor > kept.last?.value ?? 2 else {
        throw .malformed("the descriptors that it keeps are not ascending numbers above 2")
      }
      kept.append(Located(descriptor, at: Self.nowhere))
    }
    let dropped: ProcessRules.DroppedCapabilities?
    switch try number(UInt8.self) {
    case 0: dropped = nil
    case 1: dropped = .all
    case 2:
      let numbers = Array(try take(Int(try number(UInt8.self))))
      guard Self.isAscending(numbers), let last = numbers.last, last <= Capability.largest else {
        throw .malformed("the capabilities that it gives up are not ascending numbers up to \(Capability.largest)")
      }
      dropped = .some(numbers)
    case let kind: throw .malformed("it has \(kind) where capabilities are given up")
    }
    return ProcessRules(
      noNewPrivileges: noNewPrivileges, exec: exec, keepDescriptors: kept,
      droppedCapabilities: dropped.map { Located($0, at: Self.nowhere) })
  }

  private static func isAscending(_ numbers: [UInt8]) -> Bool {
    for index in numbers.indices.dropFirst() where numbers[index - 1] >= numbers[index] { return false }
    return true
  }

  mutating func kernelRules() throws(Refusal) -> KernelRules {
    KernelRules(
      unsupported: try word(KernelRules.Unsupported.allCases),
      unfilterable: try word(KernelRules.Unfilterable.allCases),
      holes: try word(KernelRules.Holes.allCases), restrictions: try word(KernelRules.Restrictions.allCases))
  }
}
