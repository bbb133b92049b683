import Diagnostics
import Glibc
import TestSupport

/// Counts what programs cost and measures how long they take to compile: `filter-bench [--json]`.
@main
struct Main {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.allSatisfy({ $0 == "--json" }) else {
      write("usage: filter-bench [--json]\n", to: STDERR_FILENO)
      exit(64)
    }
    // First of all: a peak cannot be taken back.
    let large = ValueSet.policy(ValueSet.prefixesV4(10_000))
    let before = CompileTime.peakResidentBytes
    CompileTime.compile(large)
    let after = CompileTime.peakResidentBytes

    var times = [
      CompileTime("60 lines", CompileTime.typical, prefixes: 3, runs: 2_000),
      CompileTime("10,000 prefixes", large, prefixes: 10_000, runs: 20),
    ]
    for step in 0...6 {
      let count = 1_001 << step
      let policy = ValueSet.policy(ValueSet.prefixesV4(count))
      let name = "\(ValueSet.grouped(count)) prefixes"
      times.append(CompileTime(name, policy, prefixes: count, runs: max(3, 40 >> step)))
    }
    let report = Report(
      contests: ValueSet.all.map { Contest($0) }, times: times, peakBefore: before, peakAfter: after)
    write(arguments.isEmpty ? report.text : report.json.pretty, to: STDOUT_FILENO)
    exit(report.meetsAims ? 0 : 1)
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
