import BPF
import CLibSeccomp
import Glibc

/// What libseccomp makes of a set of values of system call arguments.
struct SeccompFilter {
  /// One comparison of an argument; all comparisons of a rule must hold.
  struct Comparison {
    let argument: UInt32
    /// The bits that are compared; all of them is libseccomp's plain equality.
    var mask: UInt64 = .max
    let value: UInt64
  }

  /// Reads `struct seccomp_data` (include/uapi/linux/seccomp.h). Its first 40 bytes are all that is looked at, with
  /// three arguments or fewer, so the simulator of our own programs can run it.
  let program: Program
  private let number: Int32

  /// `rules`: any of them allows the system call.
  init(systemCall: String, allowing rules: [[Comparison]]) {
    number = unsafe seccomp_syscall_resolve_name(systemCall)
    // Denies with 0, as our programs do.
    guard let context = unsafe seccomp_init(0) else { preconditionFailure("libseccomp makes a filter") }
    defer { unsafe seccomp_release(context) }
    for rule in rules {
      let comparisons = rule.map { comparison in
        comparison.mask == .max
          ? scmp_arg_cmp(arg: comparison.argument, op: SCMP_CMP_EQ, datum_a: comparison.value, datum_b: 0)
          : scmp_arg_cmp(
            arg: comparison.argument, op: SCMP_CMP_MASKED_EQ, datum_a: comparison.mask, datum_b: comparison.value)
      }
      // SAFETY: the array lives through the call, and the count is its own.
      let result = unsafe seccomp_rule_add_array(
        context, UInt32(SCMP_ACT_ALLOW), number, UInt32(comparisons.count), comparisons)
      precondition(result == 0, "libseccomp takes the rule")
    }
    guard let file = unsafe tmpfile() else { preconditionFailure("there is room for a temporary file") }
    defer { unsafe fclose(file) }
    let descriptor = unsafe fileno(file)
    let exported = unsafe seccomp_export_bpf(context, descriptor)
    precondition(exported == 0, "libseccomp writes its program")
    program = Program(forSimulation: Self.instructions(from: descriptor))
  }

  /// `struct sock_filter`, 8 bytes each.
  private static func instructions(from descriptor: Int32) -> [Instruction] {
    var bytes = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
    // SAFETY: the array has as many bytes as are read at most.
    let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
    precondition(count == bytes.count, "what was written can be read")
    func number(_ at: Int, _ width: Int) -> UInt32 {
      (0..<width).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
    }
    return stride(from: 0, to: count, by: 8).map { at in
      Instruction(
        code: UInt16(number(at, 2)), jumpTrue: bytes[at + 2], jumpFalse: bytes[at + 3], k: number(at + 4, 4))
    }
  }

  /// What the kernel shows the program: number, architecture, instruction pointer, arguments.
  func context(_ arguments: [UInt64]) -> [UInt32] {
    let wide = [0] + (arguments + [0, 0, 0]).prefix(3)
    return [UInt32(bitPattern: number), seccomp_arch_native()]
      + wide.flatMap { [UInt32(truncatingIfNeeded: $0), UInt32($0 >> 32)] }
  }
}
