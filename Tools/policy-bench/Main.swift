import Diagnostics
import Glibc

/// Measures how long policies take to read: `policy-bench [--json]`.
@main
struct Main {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.allSatisfy({ $0 == "--json" }) else {
      write("usage: policy-bench [--json]\n", to: STDERR_FILENO)
      exit(64)
    }
    let large = GeneratedPolicy.list(prefixes: 10_000, ports: 1_000)
    // First of all: a peak cannot be taken back.
    let before = peakResidentBytes
    Measurement.steps(SourceText(name: "large", text: large))
    let after = peakResidentBytes

    var results = [
      Measurement("typical", GeneratedPolicy.typical, prefixes: 3, runs: 2_000),
      Measurement("large", large, prefixes: 10_000, runs: 50),
    ]
    for step in 0...6 {
      let count = 1_000 << step
      let text = GeneratedPolicy.list(prefixes: count, ports: 0)
      results.append(Measurement("\(count) prefixes", text, prefixes: count, runs: max(10, 200 >> step)))
    }
    let report = Report(measurements: results, peakBefore: before, peakAfter: after)
    write(arguments.isEmpty ? report.text : report.json.pretty, to: STDOUT_FILENO)
  }

  /// The most memory that the process has had at once.
  private static var peakResidentBytes: Int64 {
    var usage = rusage()
    // SAFETY: the structure lives through the call, which writes no more than it.
    let status = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    precondition(status == 0, "a process may ask for its own usage")
    return Int64(usage.ru_maxrss) * 1024
  }

  private static func write(_ text: String, to stream: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      // SAFETY: the slice's storage lives through the call, and its own count bounds what is read.
      let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(stream, $0.baseAddress, $0.count) }
      if written < 0, errno != EINTR { return }
      rest = rest.dropFirst(max(0, written))
    }
  }
}
