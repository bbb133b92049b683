import Glibc
import URingABI

/// Prints what the tables of the kernel's interface say, for Scripts/check-abi: `abi-tables tables|constants`.
///
/// A line `KEY<tab>VALUE<tab>WHERE` for each entry of a table and each field of what filters see; or for each constant
/// that repeats an entry, and does not stand in for it. WHERE is a file and, in parentheses, what in it.
@main
struct Main {
  static func main() {
    let facts: [Fact]
    switch CommandLine.arguments.dropFirst() {
    case ["tables"]: facts = Fact.operations + Fact.registerOperations + Fact.flags + Fact.context + Fact.payloads
    case ["constants"]: facts = Fact.constants
    default:
      write("usage: abi-tables tables|constants\n", to: STDERR_FILENO)
      exit(64)
    }
    write(facts.map { "\($0.key)\t\($0.value)\t\($0.place)\n" }.joined(), to: STDOUT_FILENO)
  }

  private static func write(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    // SAFETY: the array lives through the call, and its own count bounds what is read.
    if unsafe Glibc.write(descriptor, bytes, bytes.count) != bytes.count { exit(2) }
  }
}
