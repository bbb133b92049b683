import BPF
import Policy
import URingABI

extension PrecompiledPolicy {
  /// The file's bytes; the same policy always gives the same. `docs/precompiled-policies.md` has the layout.
  package var fileBytes: [UInt8] {
    var body = Writer()
    body.put(Machine.native.rawValue)
    body.put(UInt16(policies.count))
    for name in policies { body.put(name) }
    body.put(permitted)
    body.put(permittedRegistrations)
    body.put(registrationPlace)
    body.put(commonFlags != nil)
    body.put(commonFlags?.mask ?? 0)
    body.put(commonFlags?.value ?? 0)
    body.put(process)
    body.put(kernel)
    body.put(UInt16(entries.count))
    for entry in entries {
      body.put(entry.operation.code)
      body.put(entry.argumentPlace)
      body.put(entry.mayDenyOperation)
      body.put(entry.programs)
    }
    var file = Writer()
    file.bytes = PrecompiledFormat.magic
    file.put(PrecompiledFormat.version)
    file.put(CompilerVersion.current)
    file.put(UInt32(body.bytes.count))
    file.put(Checksum.crc32(body.bytes[...]))
    return file.bytes + body.bytes
  }
}

/// The frame of the file.
enum PrecompiledFormat {
  /// Begins every file: no text, and damaged by whatever changes line ends.
  static let magic: [UInt8] = [0x89] + Array("URINGJAIL\r\n".utf8)
  static let version: UInt32 = 2
  /// Bytes: magic, version, compiler, size and checksum of the body.
  static let headerSize = magic.count + 16
}

/// Numbers are little-endian; lists and texts have their length in front.
private struct Writer {
  var bytes: [UInt8] = []

  mutating func put(_ value: Bool) { bytes.append(value ? 1 : 0) }

  mutating func put(_ value: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func put(_ text: String) {
    put(UInt32(text.utf8.count))
    bytes += text.utf8
  }

  mutating func put(_ codes: CodeSet) {
    for word in codes.words { put(word) }
  }

  mutating func put(_ place: PrecompiledPolicy.Place?) {
    put(place != nil)
    guard let place else { return }
    put(place.name)
    put(place.line)
    put(place.column)
    put(place.length)
    put(place.text)
  }

  mutating func put(_ programs: [Program]) {
    put(UInt16(programs.count))
    for program in programs {
      put(UInt16(program.instructions.count))
      for instruction in program.instructions {
        put(instruction.code)
        put(instruction.jumpTrue)
        put(instruction.jumpFalse)
        put(instruction.k)
      }
    }
  }

  mutating func put(_ process: ProcessRules) {
    put(process.noNewPrivileges)
    put(PrecompiledCode.number(of: process.exec?.value, among: ProcessRules.Exec.allCases))
    put(UInt32(process.keepDescriptors.count))
    for descriptor in process.keepDescriptors { put(UInt32(bitPattern: descriptor.value)) }
    guard let dropped = process.droppedCapabilities?.value else { return put(UInt8(0)) }
    switch dropped {
    case .all: put(UInt8(1))
    case .some(let numbers):
      put(UInt8(2))
      put(UInt8(numbers.count))
      bytes += numbers
    }
  }

  mutating func put(_ kernel: KernelRules) {
    put(PrecompiledCode.number(of: kernel.unsupported?.value, among: KernelRules.Unsupported.allCases))
    put(PrecompiledCode.number(of: kernel.unfilterable?.value, among: KernelRules.Unfilterable.allCases))
    put(PrecompiledCode.number(of: kernel.holes?.value, among: KernelRules.Holes.allCases))
    put(PrecompiledCode.number(of: kernel.restrictions?.value, among: KernelRules.Restrictions.allCases))
  }
}

/// Words of the language by their place in the list of all, from 1; 0 is none.
enum PrecompiledCode {
  static func number<Word: Equatable>(of word: Word?, among words: [Word]) -> UInt8 {
    guard let word, let index = words.firstIndex(of: word) else { return 0 }
    return UInt8(index + 1)
  }
}
