import Diagnostics
import Policy
import PolicyLanguage

/// Mistakes in the parts of the language beyond operations and sockets.
extension Mistake {
  static let networks = [
    connect(
      "ports that are none", "port = [⟨1⟩0⟨2⟩, ⟨3⟩65536⟨4⟩, ⟨5⟩\"https\"⟨6⟩, ⟨7⟩\"9-8\"⟨8⟩, ⟨9⟩-1⟨10⟩, ⟨11⟩true⟨12⟩]",
      [
        Finding(
          1, 2, PolicyDiagnostics.invalidPort, "ports go from 1 to 65535",
          help: "nothing can be reached on port 0; it is always denied here"),
        Finding(3, 4, PolicyDiagnostics.invalidPort, "ports go from 1 to 65535"),
        Finding(
          5, 6, PolicyDiagnostics.invalidPort, "'https' is not a port or a range of ports",
          help: "write a number, such as 443, or a range, such as \"8000-8099\""),
        Finding(7, 8, PolicyDiagnostics.invalidPort, "the range ends before it begins", help: "write \"8-9\""),
        Finding(9, 10, PolicyDiagnostics.invalidPort, "ports go from 1 to 65535"),
        Finding(
          11, 12, PolicyDiagnostics.wrongType,
          "expected a port number or a range such as \"8000-8099\", found a boolean"),
      ]),
    connect(
      "addresses that are none",
      "to = [⟨1⟩\"example.org\"⟨2⟩, ⟨3⟩\"lopback\"⟨4⟩, ⟨5⟩\"fe80::1%eth0\"⟨6⟩, ⟨7⟩\"10.0.0.0/33\"⟨8⟩, ⟨9⟩\"::/129\"⟨10⟩]",
      [
        Finding(
          1, 2, PolicyDiagnostics.invalidAddress, "'example.org' is not an address, a prefix or a named network",
          help: "write an address, a prefix such as \"10.0.0.0/8\", or one of: any, loopback, private, link-local, "
            + "multicast; host names are not possible: filters see only addresses"),
        Finding(
          3, 4, PolicyDiagnostics.invalidAddress, "'lopback' is not an address, a prefix or a named network",
          help: "did you mean 'loopback'?"),
        Finding(
          5, 6, PolicyDiagnostics.invalidAddress, "'fe80::1%eth0' is not an address, a prefix or a named network",
          help: "filters do not see the zone behind '%': leave it out"),
        Finding(
          7, 8, PolicyDiagnostics.invalidAddress, "the length of this prefix is not a number from 0 to 32"),
        Finding(
          9, 10, PolicyDiagnostics.invalidAddress, "the length of this prefix is not a number from 0 to 128"),
      ]),
    connect(
      "host bits", "to = [⟨1⟩\"10.0.0.1/8\"⟨2⟩, ⟨3⟩\"2001:db8::1/32\"⟨4⟩]",
      [
        Finding(
          1, 2, PolicyDiagnostics.hostBits, "'10.0.0.1/8' has bits set beyond its length",
          help: "for the network write \"10.0.0.0/8\", for the one address leave out the length"),
        Finding(
          3, 4, PolicyDiagnostics.hostBits, "'2001:db8::1/32' has bits set beyond its length",
          help: "for the network write \"2001:db8::/32\", for the one address leave out the length"),
      ]),
    connect(
      "v4-mapped prefix", "to = ⟨1⟩\"::ffff:10.0.0.0/104\"⟨2⟩",
      [
        Finding(
          1, 2, PolicyDiagnostics.mappedPrefix, "a v4-mapped prefix does not cover the same addresses over IPv4",
          severity: .warning, help: "write \"10.0.0.0/8\", which covers both")
      ]),
  ]

  private static func connect(_ name: String, _ entry: String, _ findings: [Finding]) -> Mistake {
    Mistake(
      name: name, marked: "policy = 1\n[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ \(entry) }]\n",
      findings: findings)
  }

  static let flags = [
    Mistake(
      "flag required and forbidden",
      "[operations]\nflags = { require = [⟨1⟩\"async\"⟨2⟩], forbid = [⟨3⟩\"async\"⟨4⟩] }\n",
      Finding(
        1, 2, PolicyDiagnostics.contradictoryFlags, "'async' is required and forbidden",
        note: (3, 4, "the other condition is here"), help: "remove one of the two: no request can satisfy both")),
    Mistake(
      "flag forbidden for all and required for one",
      """
      [operations]
      allow = ["read"]
      flags = { forbid = [⟨3⟩"io_link"⟨4⟩] }
      [operation.read]
      flags = { require = [⟨1⟩"io_link"⟨2⟩] }
      """,
      Finding(
        1, 2, PolicyDiagnostics.contradictoryFlags, "'io_link' is required and forbidden",
        note: (3, 4, "the other condition is here"), help: "remove one of the two: no request can satisfy both")),
    Mistake(
      "number with a forbidden flag in it",
      "[operations]\nflags = { require = [⟨1⟩65⟨2⟩], forbid = [⟨3⟩64⟨4⟩] }\n",
      Finding(
        1, 2, PolicyDiagnostics.contradictoryFlags, "'0x41' is required, and 'cqe_skip_success' in it is forbidden",
        note: (3, 4, "the other condition is here"), help: "remove one of the two: no request can satisfy both")),
    Mistake(
      "flag that filters cannot require",
      "[operations]\nallow = [\"read\"]\n[operation.read]\nflags = { require = [⟨1⟩\"async\"⟨2⟩] }\n",
      Finding(
        1, 2, PolicyDiagnostics.flagOfTheKernel,
        "filters enforce [operation.read] and cannot require 'async' or 'io_drain': the kernel sets them itself "
          + "before filters run",
        help: "require it in [operations] flags, which restrictions enforce, or remove the condition")),
    Mistake(
      "mode that no file has",
      "[operations]\nallow = [\"openat2\"]\n[open]\nmode = { forbid = [⟨1⟩0o10000⟨2⟩] }\n",
      Finding(
        1, 2, PolicyDiagnostics.outOfRange, "mode 4096 is out of range",
        help: "numbers from 1 to 0o7777 are possible; the kernel refuses files with other bits")),
    Mistake(
      "access mode as a flag",
      "[operations]\nallow = [\"openat2\"]\n[open]\nflags = { forbid = [⟨1⟩\"wronly\"⟨2⟩, ⟨3⟩\"largefile\"⟨4⟩] }\n",
      Finding(
        1, 2, PolicyDiagnostics.flagWithoutEffect, "'wronly' cannot be restricted as a flag",
        help: "write access = [\"read\"], \"write\" or \"read-write\" in [open]"),
      Finding(
        3, 4, PolicyDiagnostics.flagWithoutEffect, "'largefile' cannot be restricted as a flag",
        help: "the kernel sets it on every request of a 64-bit program")),
    Mistake(
      "flag beside an access that is mistyped",
      "[operations]\nallow = [\"openat2\"]\n[open]\naccess = [⟨1⟩\"pth\"⟨2⟩]\nflags = { require = [\"path\"] }\n",
      Finding(
        1, 2, PolicyDiagnostics.unknownName, "'pth' is not a value of 'access'", help: "did you mean 'path'?")),
    Mistake(
      "flag word out of range", "[operations]\nflags = { allow = [⟨1⟩0⟨2⟩, ⟨3⟩256⟨4⟩, 128] }\n",
      Finding(
        1, 2, PolicyDiagnostics.outOfRange, "SQE flag 0 is out of range", help: "numbers from 1 to 255 are possible"),
      Finding(
        3, 4, PolicyDiagnostics.outOfRange, "SQE flag 256 is out of range",
        help: "numbers from 1 to 255 are possible")),
  ]

  static let lists = [
    Mistake(
      "operation named twice", "[operations]\nallow = [⟨3⟩\"read\"⟨4⟩, \"nop\", ⟨1⟩22⟨2⟩]\n",
      Finding(
        1, 2, PolicyDiagnostics.duplicateName, "this is in the list already", severity: .warning,
        note: (3, 4, "first named here"), help: "remove one of the two")),
    Mistake(
      "operation beside a group that has it", "[operations]\nallow = [⟨1⟩\"nop\"⟨2⟩, ⟨3⟩\"@basic\"⟨4⟩]\n",
      Finding(
        1, 2, PolicyDiagnostics.duplicateName, "this is in the list already", severity: .warning,
        note: (3, 4, "a group that has it here"), help: "remove one of the two")),
    Mistake(
      "group that nobody uses", "[groups]\n⟨1⟩mine⟨2⟩ = [\"read\"]\n",
      Finding(
        1, 2, PolicyDiagnostics.unusedGroup, "the group '@mine' is not used", severity: .warning,
        help: "use it as \"@mine\" in [operations], or remove it")),
    Mistake(
      "group whose only use is mistyped",
      "[operations]\nallow = [⟨1⟩\"@mien\"⟨2⟩]\n[groups]\nmine = [\"read\"]\n",
      Finding(1, 2, PolicyDiagnostics.unknownName, "unknown group '@mien'", help: "did you mean '@mine'?")),
    Mistake(
      "built-in group defined again", "[groups]\n⟨1⟩basic⟨2⟩ = [\"read\"]\n",
      Finding(
        1, 2, PolicyDiagnostics.groupRedefined, "'@basic' is a built-in group and cannot mean something else",
        help: "choose another name")),
    Mistake(
      "group in itself", "[operations]\nallow = [\"@a\"]\n[groups]\n⟨1⟩a⟨2⟩ = [\"@b\"]\nb = [\"@a\"]\n",
      Finding(
        1, 2, PolicyDiagnostics.groupCycle, "the group '@a' contains itself: @a → @b → @a",
        help: "write the operations themselves into one of the groups")),
    Mistake(
      "one operation with two tables",
      "[operations]\nallow = [22]\n[operation.⟨3⟩read⟨4⟩]\nuser_data = 1\n[operation.⟨1⟩22⟨2⟩]\nuser_data = 2\n",
      Finding(
        1, 2, PolicyDiagnostics.conflictingValues, "'read' has conditions already", note: (3, 4, "first here"),
        help: "write them into one table")),
    Mistake(
      "test of an unknown operation", "[[test]]\nrequest = ⟨1⟩\"raed\"⟨2⟩\nexpect = \"deny\"\n",
      Finding(
        1, 2, PolicyDiagnostics.invalidRequest, "unknown operation 'raed'", help: "did you mean 'read'?")),
    Mistake(
      "test without an expectation", "⟨1⟩[[test]]⟨2⟩\nrequest = \"read\"\n",
      Finding(
        1, 2, PolicyDiagnostics.missingKey, "[[test]] has no 'expect'", help: "known keys: request, expect")),
  ]

  /// The first thousand, and the place of the next.
  static let floods = [
    Mistake(
      name: "more mistakes than anybody reads",
      marked: "policy = 1\noperations.allow = ["
        + (0..<1_002).map { "⟨\(2 * $0)⟩256⟨\(2 * $0 + 1)⟩" }.joined(separator: ",") + "]\n",
      findings: (0..<1_000).map {
        Finding(
          2 * $0, 2 * $0 + 1, PolicyDiagnostics.outOfRange, "operation 256 is out of range",
          help: "numbers from 0 to 255 are possible")
      } + [
        Finding(
          2_000, 2_001, PolicyDiagnostics.tooManyFindings,
          "there are more than 1000 errors; the others are not shown", help: "correct these first")
      ])
  ]
}
