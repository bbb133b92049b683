import BPF
import TestSupport
import Testing

/// The first of the kernel's two checks is the one for socket filters, too, so any kernel can be asked.
@Suite(.serialized)
struct VerifierAgainstKernelTests {
  /// Loads from there on address properties of a packet, which the verifier leaves to its second check.
  static let firstAncillaryOffset: UInt32 = 0xFFFF_F000

  @Test func kernelRefusesWhatTheClassicCheckRefuses() throws {
    let kernel = try SocketFilter()
    var reasons: [String: Int] = [:]
    for seed in 0..<20_000 as Range<UInt64> {
      var generator = ProgramGenerator(seed: seed)
      let length = Int(seed % 40) + 1
      let program =
        switch seed % 8 {
        case 0..<2: generator.memoryProgram(length: length)
        case 2: generator.program(length: length)
        default: generator.changed(generator.program(length: length))
        }
      if program.contains(where: { $0.code & 0xE7 == 0x20 && $0.k >= Self.firstAncillaryOffset }) { continue }
      let refusal = Verifier.classicRefusal(of: program)
      let errno = kernel.attach(program)
      if (refusal == nil ? 0 : 22) != errno {
        Issue.record("seed \(seed): errno \(errno), not \(String(describing: refusal)): \(program)")
        return
      }
      reasons[refusal.map { "\($0.reason)" } ?? "accepted", default: 0] += 1
    }
    let kinds = [
      "accepted", "unknownCode", "divisionByZero", "shiftTooFar", "noSuchSlot", "jumpOutOfProgram", "noReturnAtEnd",
      "slotNotWritten",
    ]
    for kind in kinds { #expect(reasons[kind] ?? 0 >= 50, "\(kind) of \(reasons)") }
  }

  @Test func longestProgramIsTheKernelsLongest() throws {
    let kernel = try SocketFilter()
    for count in [1, 4095, 4096, 4097] {
      let program =
        [Instruction](repeating: Instruction(code: Opcode.loadImmediate), count: count - 1)
        + [Instruction(code: Opcode.returnImmediate)]
      #expect((Verifier.classicRefusal(of: program) == nil) == (kernel.attach(program) == 0), "\(count)")
    }
    #expect(kernel.attach([]) == 22)
  }
}
