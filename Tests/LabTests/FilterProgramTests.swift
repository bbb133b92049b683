import BPF
import Foundation
import TestSupport
import Testing

/// Random programs, registered as filters straight away: the kernel's check and its machine are ours.
@Suite(.serialized, .enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct FilterProgramTests {
  // MARK: What is accepted

  @Test func kernelAcceptsExactlyWhatTheVerifierAccepts() throws {
    let programs = (0..<6000 as Range<UInt64>).map { seed in
      var generator = ProgramGenerator(seed: seed)
      let length = Int(seed % 40) + 1
      return switch seed % 8 {
      case 0..<2: generator.memoryProgram(length: length)
      case 2, 3: generator.program(length: length)
      default: generator.changed(generator.program(length: length))
      }
    }
    let refusals = try expectAgreement(programs)
    #expect(refusals.filter { $0 == nil }.count >= 1000)
    let reasons = Set(refusals.compactMap { $0.map { "\($0.reason)" } })
    let all: Set = [
      "unknownCode", "divisionByZero", "shiftTooFar", "noSuchSlot", "jumpOutOfProgram", "noReturnAtEnd",
      "slotNotWritten", "codeNotAllowed", "loadOutOfContext",
    ]
    #expect(reasons.isSuperset(of: all), "\(reasons)")
  }

  @Test func kernelAcceptsTheSameCodes() throws {
    let end = Instruction(code: Opcode.returnImmediate)
    // Slot 1 is written, 1 is a good divisor and distance, but no offset; 4 is. Return codes end the program early.
    let programs = (0...0x1FF as ClosedRange<UInt16>).flatMap { code in
      [1, 4].map { k in
        [Instruction(code: Opcode.store, k: k), Instruction(code: code, k: k)] + Array(repeating: end, count: 5)
      }
    }
    let refusals = try expectAgreement(programs)
    #expect(refusals.filter { $0 == nil }.count == Opcode.all.count * 2 - 1)
  }

  @Test func kernelDrawsTheSameBoundaries() throws {
    func program(_ code: UInt16, _ k: UInt32, before: [Instruction] = []) -> [Instruction] {
      before + [Instruction(code: code, k: k), Instruction(code: Opcode.returnImmediate, k: 1)]
    }
    var programs: [[Instruction]] = [[]]
    for count in [1, 2, 4095, 4096, 4097] {
      programs.append(
        [Instruction](repeating: Instruction(code: Opcode.negate), count: count - 1)
          + [Instruction(code: Opcode.returnAccumulator)])
    }
    programs += (0...48 as ClosedRange<UInt32>).map { program(Opcode.loadWord, $0) }
    programs += [0xFFFF_F000, 0xFFFF_F004, 0xFFFF_FFFC].map { program(Opcode.loadWord, $0) }
    for code in [Opcode.shiftLeftImmediate, Opcode.shiftRightImmediate, Opcode.divideImmediate, 0x94] {
      programs += [0, 1, 31, 32, 33, .max].map { program(code, $0) }
    }
    for slot in [0, 1, 14, 15, 16, 17, .max] as [UInt32] {
      for store in [Opcode.store, Opcode.storeIndex] {
        programs.append(program(store, slot))
        for load in [Opcode.loadMemory, Opcode.loadIndexMemory] {
          programs.append(program(load, slot))
          programs.append(program(load, slot, before: [Instruction(code: store, k: slot)]))
        }
      }
    }
    programs += jumps(filler: 300)
    let refusals = try expectAgreement(programs)
    #expect(refusals.contains(nil))
  }

  /// Jumps to the last instruction, one before it and one behind it, from places near and far.
  private func jumps(filler: Int) -> [[Instruction]] {
    let long = [Instruction](repeating: Instruction(code: Opcode.negate), count: filler) + [Instruction(code: 0x06)]
    var programs: [[Instruction]] = []
    for behind in [1, 2, 254, 255, 256, 257, filler] {
      for distance in [behind - 2, behind - 1, behind] where distance >= 0 {
        var program = Array(long.suffix(behind))
        program.insert(Instruction(code: Opcode.jump, k: UInt32(distance)), at: 0)
        programs.append(program)
        guard let short = UInt8(exactly: distance) else { continue }
        for code in Opcode.conditionalJumps {
          program[0] = Instruction(code: code, jumpTrue: short, jumpFalse: 0)
          programs.append(program)
          program[0] = Instruction(code: code, jumpTrue: 0, jumpFalse: short)
          programs.append(program)
        }
      }
    }
    let distances: [UInt32] = [.max, .max - 1, 0x8000_0000]
    for distance in distances { programs.append([Instruction(code: Opcode.jump, k: distance)] + long) }
    return programs
  }

  /// Asks kernel and verifier about every program; what the verifier said.
  private func expectAgreement(_ programs: [[Instruction]]) throws -> [Verifier.Refusal?] {
    let refusals = programs.map { Verifier.refusal(of: $0) }
    let answers = try tryFilters(programs.map { line($0, requests: []) })
    try #require(answers.count == programs.count)
    for (index, answer) in answers.enumerated() where answer != (refusals[index] == nil ? "accepted" : "EINVAL") {
      Issue.record("program \(index): \(answer), not \(String(describing: refusals[index])): \(programs[index])")
      break
    }
    return refusals
  }

  // MARK: What is computed

  @Test func kernelDecidesAsTheSimulatorDoes() throws {
    var lines: [String] = []
    var expected: [String] = []
    for seed in 0..<150 as Range<UInt64> {
      var generator = ProgramGenerator(seed: seed)
      let program = try #require(Program(checking: generator.program(length: Int(seed % 40) + 1)))
      let requests = (0..<40).map { _ in SocketRequest(generator.context()) }
      lines.append(line(program.instructions, requests: requests.map(\.text)))
      let verdicts = try requests.map { try Simulator.run(program, context: $0.context).isAllowed ? "1" : "0" }
      expected.append("accepted \(verdicts.joined())")
    }
    let answers = try tryFilters(lines)
    for (seed, pair) in zip(answers, expected).enumerated() {
      #expect(pair.0 == pair.1, "seed \(seed)")
    }
    let verdicts = expected.joined()
    #expect(answers.count == 150 && verdicts.filter { $0 == "1" }.count > 500 && verdicts.contains("0"))
  }

  /// A request that shows the kernel's machine as many random words as a request can, and does no harm.
  private struct SocketRequest {
    let text: String
    let context: [UInt32]

    init(_ words: [UInt32]) {
      // Families that exist could make the kernel look for modules; from 46 on, none does. Operation 45, 12 bytes.
      let (family, type) = (max(words[2], 46), words[3] & 0xF)
      let isAsynchronous = words[4] & 1 == 1
      let userData = UInt64(words[1]) << 32 | UInt64(words[0])
      text =
        "socket family=\(family) type=\(type) protocol=\(words[5]) user_data=\(userData)"
        + (isAsynchronous ? " sqe-flags=async" : "")
      context = [words[0], words[1], 45 | (isAsynchronous ? 0x1000 : 0) | 12 << 16, 0, family, type, words[5], 0, 0, 0]
    }
  }

  // MARK: The client

  private func line(_ program: [Instruction], requests: [String]) -> String {
    let instructions = program.map { instruction in
      String(
        UInt64(instruction.code) | UInt64(instruction.jumpTrue) << 16 | UInt64(instruction.jumpFalse) << 24
          | UInt64(instruction.k) << 32, radix: 16)
    }
    return ([instructions.isEmpty ? "-" : instructions.joined(separator: ",")] + requests).joined(separator: ";")
  }

  private func tryFilters(_ lines: [String]) throws -> [Substring] {
    let folder = try TemporaryFolder()
    let file = try folder.create("filters", lines.joined(separator: "\n")).path(percentEncoded: false)
    let outcome = try run([Lab.client, "--try-filters", file])
    try #require(outcome.status == 0, "client: \(outcome.errors)")
    return outcome.output.split(separator: "\n")
  }
}
