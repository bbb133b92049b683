import Policy
import PolicyLanguage

extension Mistake {
  private static let nameHelp = "write names in lower case; write a number for a name that uring-jail does not know"

  private static let conditionsHelp =
    "conditions allow nothing by themselves: add \"socket\" to [operations] allow, or remove [socket]"

  static let operations = [
    Mistake(
      "default that is no verdict", "[operations]\ndefault = ⟨1⟩\"refuse\"⟨2⟩\n",
      Finding(
        1, 2, PolicyDiagnostics.unknownName, "'refuse' is not a value of 'default'",
        help: "use one of: \"deny\", \"allow\"")),
    Mistake(
      "mistyped operation", "[operations]\nallow = [\"read\", ⟨1⟩'opennat'⟨2⟩]\n",
      Finding(
        1, 2, PolicyDiagnostics.unknownName, "unknown operation 'opennat'", help: "did you mean 'openat'?")),
    Mistake(
      "operation with its C name", "[operations]\ndeny = [⟨1⟩\"IORING_OP_READ\"⟨2⟩]\n",
      Finding(
        1, 2, PolicyDiagnostics.unknownName, "unknown operation 'IORING_OP_READ'", help: "did you mean 'read'?")),
    Mistake(
      "operation in upper case", "[operations]\ndeny = [⟨1⟩\"READ\"⟨2⟩]\n",
      Finding(1, 2, PolicyDiagnostics.unknownName, "unknown operation 'READ'", help: "did you mean 'read'?")),
    Mistake(
      "operation without a name", "[operations]\nallow = [⟨1⟩\"\"⟨2⟩]\n",
      Finding(1, 2, PolicyDiagnostics.unknownName, "unknown operation ''", help: nameHelp)),
    Mistake(
      "number as text", "[operations]\nallow = [⟨1⟩\"22\"⟨2⟩]\n",
      Finding(1, 2, PolicyDiagnostics.unknownName, "unknown operation '22'", help: nameHelp)),
    Mistake(
      "operation numbers that no opcode can be",
      "[operations]\nallow = [⟨1⟩256⟨2⟩, ⟨3⟩-1⟨4⟩]\ndeny = [⟨5⟩9223372036854775807⟨6⟩, ⟨7⟩-9223372036854775808⟨8⟩]\n",
      Finding(
        1, 2, PolicyDiagnostics.outOfRange, "operation 256 is out of range",
        help: "numbers from 0 to 255 are possible"),
      Finding(
        3, 4, PolicyDiagnostics.outOfRange, "operation -1 is out of range",
        help: "numbers from 0 to 255 are possible"),
      Finding(
        5, 6, PolicyDiagnostics.outOfRange, "operation 9223372036854775807 is out of range",
        help: "numbers from 0 to 255 are possible"),
      Finding(
        7, 8, PolicyDiagnostics.outOfRange, "operation -9223372036854775808 is out of range",
        help: "numbers from 0 to 255 are possible")),
  ]

  /// The findings about `[socket]` alone: the operation is allowed.
  private static func socket(_ name: String, _ marked: String, _ findings: [Finding]) -> Mistake {
    Mistake(name: name, marked: "policy = 1\n[operations]\nallow = [\"socket\"]\n" + marked, findings: findings)
  }

  static let sockets = [
    socket(
      "[socket] without a list", "[⟨1⟩socket⟨2⟩]\n",
      [
        Finding(
          1, 2, PolicyDiagnostics.missingKey, "[socket] says nothing about what is allowed",
          help: "add allow = [{ family = \"inet\", type = \"stream\" }], or remove [socket] to allow every 'socket'")
      ]),
    socket(
      "empty list of sockets", "[socket]\nallow = ⟨1⟩[ ]⟨2⟩\n",
      [
        Finding(
          1, 2, PolicyDiagnostics.emptyList, "this list must not be empty",
          help: "to allow nothing, deny the operation: [operations] deny = [\"socket\"]")
      ]),
    socket(
      "entry without conditions", "[[socket.allow]]\nfamily = 1\n⟨1⟩[[socket.allow]]⟨2⟩\n",
      [
        Finding(
          1, 2, PolicyDiagnostics.emptyEntry, "an entry without conditions would match everything",
          help: "add a condition, or remove [socket] to allow every 'socket'")
      ]),
    socket(
      "conditions without values",
      "[socket]\nallow = [{ family = ⟨1⟩[]⟨2⟩, type = ⟨3⟩[]⟨4⟩ }, { protocol = ⟨5⟩[]⟨6⟩ }]\n",
      [(1, 2), (3, 4), (5, 6)].map {
        Finding(
          $0, $1, PolicyDiagnostics.emptyList, "this list must not be empty",
          help: "leave the key out to allow every value")
      }),
    socket(
      "mistyped constants",
      "[socket]\nallow = [{ family = [⟨1⟩\"inet5\"⟨2⟩, 1], type = ⟨3⟩\"streem\"⟨4⟩, protocol = ⟨5⟩\"ucp\"⟨6⟩ }]\n",
      [
        Finding(1, 2, PolicyDiagnostics.unknownName, "unknown socket family 'inet5'", help: "did you mean 'inet'?"),
        Finding(3, 4, PolicyDiagnostics.unknownName, "unknown socket type 'streem'", help: "did you mean 'stream'?"),
        Finding(5, 6, PolicyDiagnostics.unknownName, "unknown protocol 'ucp'", help: "did you mean 'tcp'?"),
      ]),
    socket(
      "constants of another key", "[socket]\nallow = [{ family = ⟨1⟩\"stream\"⟨2⟩, type = ⟨3⟩\"AF_INET\"⟨4⟩ }]\n",
      [
        Finding(1, 2, PolicyDiagnostics.unknownName, "unknown socket family 'stream'", help: nameHelp),
        Finding(3, 4, PolicyDiagnostics.unknownName, "unknown socket type 'AF_INET'", help: nameHelp),
      ]),
    socket(
      "socket numbers out of range",
      "[socket]\nallow = [{ family = ⟨1⟩-1⟨2⟩, type = ⟨3⟩0x80001⟨4⟩, protocol = ⟨5⟩4294967296⟨6⟩ }, { type = ⟨7⟩16⟨8⟩ }]\n",
      [
        Finding(
          1, 2, PolicyDiagnostics.outOfRange, "socket family -1 is out of range",
          help: "numbers from 0 to 4294967295 are possible"),
        Finding(
          3, 4, PolicyDiagnostics.outOfRange, "socket type 524289 is out of range",
          help: "numbers from 0 to 15 are possible"),
        Finding(
          5, 6, PolicyDiagnostics.outOfRange, "protocol 4294967296 is out of range",
          help: "numbers from 0 to 4294967295 are possible"),
        Finding(
          7, 8, PolicyDiagnostics.outOfRange, "socket type 16 is out of range",
          help: "numbers from 0 to 15 are possible"),
      ]),
  ]

  static let conditions = [
    Mistake(
      "conditions for an operation that nobody allowed", "[⟨1⟩socket⟨2⟩]\nallow = [{ family = 1 }]\n",
      Finding(
        1, 2, PolicyDiagnostics.conditionsWithoutOperation,
        "[socket] has no effect: the operation 'socket' is not allowed",
        help: conditionsHelp)),
    Mistake(
      "conditions for an operation that is denied by name",
      """
      [operations]
      default = "allow"
      allow = ["socket"]
      deny = ["nop", ⟨3⟩"socket"⟨4⟩]
      [⟨1⟩socket⟨2⟩]
      allow = [{ family = 1 }]
      """,
      Finding(
        1, 2, PolicyDiagnostics.conditionsWithoutOperation,
        "[socket] has no effect: the operation 'socket' is not allowed", note: (3, 4, "'socket' is denied here"),
        help: "remove [socket], or the denial")),
    Mistake(
      "conditions for an operation whose name is mistyped",
      "[operations]\nallow = [⟨1⟩\"sokcet\"⟨2⟩]\n[socket]\nallow = [{ family = 1 }]\n",
      Finding(
        1, 2, PolicyDiagnostics.unknownName, "unknown operation 'sokcet'", help: "did you mean 'socket'?")),
    Mistake(
      "conditions for an operation in a mistyped list",
      "[operations]\n⟨1⟩alow⟨2⟩ = [\"socket\"]\n[socket]\nallow = [{ family = 1 }]\n",
      Finding(
        1, 2, PolicyDiagnostics.unknownKey, "unknown key 'alow' in [operations]", help: "did you mean 'allow'?")),
    Mistake(
      "conditions as an inline table", "⟨1⟩socket⟨2⟩ = { allow = [{ family = 1 }] }\n",
      Finding(
        1, 2, PolicyDiagnostics.conditionsWithoutOperation,
        "[socket] has no effect: the operation 'socket' is not allowed",
        help: conditionsHelp)),
  ]
}
