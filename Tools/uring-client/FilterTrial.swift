import CLinuxShims
import Glibc
import URingABI

/// A program to be registered as it is, however wrong, and requests to be made under it.
struct FilterTrial {
  /// `struct sock_filter`, each read as one number.
  let instructions: [UInt64]
  let requests: [SubmissionEntry]

  /// `line`: `PROGRAM[;REQUEST...]`, as `usage` explains.
  init(_ line: Substring) throws(UsageError) {
    let parts = line.split(separator: ";").map(String.init)
    guard let program = parts.first else { throw UsageError("no program in an empty line") }
    var instructions: [UInt64] = []
    if program != "-" {
      for digits in program.split(separator: ",") {
        guard let instruction = UInt64(digits, radix: 16) else { throw UsageError("'\(digits)' is no instruction") }
        instructions.append(instruction)
      }
    }
    var requests: [SubmissionEntry] = []
    for part in parts.dropFirst() {
      guard let entry = try ClientRequest(part).entry else { throw UsageError("filters see no '\(part)'") }
      requests.append(entry)
    }
    self.instructions = instructions
    self.requests = requests
  }

  /// The filter holds for the operation of the first request, and for `nop` if there is none.
  ///
  /// - Returns: the result of io_uring_register(2), or the negated errno.
  private func register() -> Int32 {
    var words = instructions.map(\.littleEndian)
    var filter = uj_bpf_filter()
    filter.cmd_type = UInt16(UJ_BPF_CMD_FILTER)
    filter.opcode = UInt32(requests.first?.operation.code ?? 0)
    filter.filter_len = UInt32(words.count)
    // SAFETY: program and structure live through the call, and `filter_len` counts the program's instructions.
    return unsafe words.withUnsafeMutableBufferPointer { words in
      filter.filter_ptr = UInt64(UInt(bitPattern: words.baseAddress))
      return unsafe uj_io_uring_register(-1, 37, &filter, 1)
    }
  }

  /// Registers the program for the calling process, which keeps it, and says how that and the requests ended.
  func perform() throws(RingError) -> String {
    let result = register()
    guard result >= 0 else { return RingError(call: "io_uring_register", errno: -result).name }
    guard !requests.isEmpty else { return "accepted" }
    let ring = try Ring(entries: 1, setupFlags: 0)
    var verdicts = ""
    for request in requests {
      ring.queue(request.bytes, userData: request.userData)
      try ring.submitAll()
      let completion = try ring.nextCompletion(withinMilliseconds: 2000)
      verdicts += completion.map { $0.result == -EACCES ? "0" : "1" } ?? "?"
    }
    return "accepted \(verdicts)"
  }
}

/// All trials of a file. Filters cannot be taken back, so trials with requests have a child process each.
struct FilterTrials {
  let trials: [FilterTrial]

  init(file path: String) throws(UsageError) {
    var trials: [FilterTrial] = []
    for line in try Self.contents(of: path).split(separator: "\n") { trials.append(try FilterTrial(line)) }
    self.trials = trials
  }

  /// Exit status: 0, or that of the first child that failed.
  func run() -> Int32 {
    var rest = trials[...]
    while let first = rest.first {
      // Programs without requests may pile up: nothing is submitted under them.
      let group = first.requests.isEmpty ? rest.prefix { $0.requests.isEmpty }.prefix(500) : rest.prefix(1)
      rest = rest.dropFirst(group.count)
      let status = Contexts.inChild {
        guard uj_set_no_new_privs() == 0 else { return 2 }
        var lines = ""
        do throws(RingError) {
          for trial in group { lines += try trial.perform() + "\n" }
        } catch {
          Main.fail("uring-client: \(error.call): \(error.name)\n", status: 2)
        }
        Output.write(lines, to: STDOUT_FILENO)
        return 0
      }
      if status != 0 { return status }
    }
    return 0
  }

  private static func contents(of path: String) throws(UsageError) -> String {
    let descriptor = unsafe uj_open_read_only(path, 0)
    guard descriptor >= 0 else { throw UsageError("cannot open '\(path)'") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // SAFETY: the buffer's own count bounds what is written to it.
      let count = unsafe read(descriptor, &buffer, buffer.count)
      if count < 0 { throw UsageError("cannot read '\(path)'") }
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }
}
