import Policy
import PolicyLanguage

extension Mistake {
  static let all = version + keys + types + operations + sockets + conditions + networks + flags + lists + floods

  private static let version = [
    Mistake(
      "no version", whole: "⟨1⟩⟨2⟩[operations]\n",
      Finding(
        1, 2, PolicyDiagnostics.missingVersion,
        "the policy does not say which version of the language it is written in",
        help: "begin the file with: policy = 1")),
    Mistake(
      "nothing at all", whole: "⟨1⟩⟨2⟩",
      Finding(
        1, 2, PolicyDiagnostics.missingVersion,
        "the policy does not say which version of the language it is written in",
        help: "begin the file with: policy = 1")),
    Mistake(
      "later version", whole: "# é\npolicy = ⟨1⟩2⟨2⟩\n",
      Finding(
        1, 2, PolicyDiagnostics.unsupportedVersion, "this uring-jail does not know language version 2",
        help: "this uring-jail reads version 1")),
    Mistake(
      "version zero", whole: "policy = ⟨1⟩-0⟨2⟩\n",
      Finding(
        1, 2, PolicyDiagnostics.unsupportedVersion, "this uring-jail does not know language version 0",
        help: "this uring-jail reads version 1")),
    Mistake(
      "version as text", whole: "policy = ⟨1⟩\"1\"⟨2⟩\n",
      Finding(
        1, 2, PolicyDiagnostics.wrongType, "expected an integer, found a string", help: "write 1 without quotes")),
    Mistake(
      "version with a fraction", whole: "policy = ⟨1⟩1.0⟨2⟩\n",
      Finding(1, 2, PolicyDiagnostics.wrongType, "expected an integer, found a float")),
  ]

  private static let keys = [
    Mistake(
      "unknown key of a policy", "⟨1⟩opperations⟨2⟩ = {}\n",
      Finding(
        1, 2, PolicyDiagnostics.unknownKey, "unknown key 'opperations' in a policy",
        help: "did you mean 'operations'?")),
    Mistake(
      "unknown table", "[⟨1⟩landlock⟨2⟩]\nx = 1\n",
      Finding(
        1, 2, PolicyDiagnostics.unknownKey, "unknown key 'landlock' in a policy",
        help: "known keys: policy, description, include, operations, open, socket, connect, operation, register, "
          + "process, kernel, groups, accept, test")),
    Mistake(
      "key in the wrong case", "⟨1⟩Description⟨2⟩ = \"x\"\n",
      Finding(
        1, 2, PolicyDiagnostics.unknownKey, "unknown key 'Description' in a policy",
        help: "did you mean 'description'?")),
    Mistake(
      "unknown key of [operations]", "[operations]\n⟨1⟩alow⟨2⟩ = []\n",
      Finding(
        1, 2, PolicyDiagnostics.unknownKey, "unknown key 'alow' in [operations]", help: "did you mean 'allow'?")),
    Mistake(
      "dotted unknown key of [operations]", "operations.⟨1⟩\"\"⟨2⟩ = 1\n",
      Finding(
        1, 2, PolicyDiagnostics.unknownKey, "unknown key '' in [operations]",
        help: "known keys: default, allow, deny, flags")),
    Mistake(
      "unknown key of [socket]",
      "[operations]\nallow = [\"socket\"]\n[socket]\nallow = [{ family = \"unix\" }]\n⟨1⟩refuse⟨2⟩ = []\n",
      Finding(1, 2, PolicyDiagnostics.unknownKey, "unknown key 'refuse' in [socket]", help: "known keys: allow, deny")),
    Mistake(
      "unknown key of an entry",
      "[operations]\nallow = [\"socket\"]\n[socket]\nallow = [{ type = 1, ⟨1⟩familly⟨2⟩ = 1 }]\n",
      Finding(
        1, 2, PolicyDiagnostics.unknownKey, "unknown key 'familly' in a [socket] entry",
        help: "did you mean 'family'?")),
    Mistake(
      "unknown key of [process]", "[process]\n⟨1⟩no_new_privileges⟨2⟩ = true\n",
      Finding(
        1, 2, PolicyDiagnostics.unknownKey, "unknown key 'no_new_privileges' in [process]",
        help: "did you mean 'no-new-privileges'?")),
  ]

  private static let types = [
    Mistake(
      "description that is no text", "description = ⟨1⟩[\"x\"]⟨2⟩\n",
      Finding(
        1, 2, PolicyDiagnostics.wrongType, "expected a string, found an array", help: "remove the brackets")),
    Mistake(
      "[operations] that is no table", "operations = ⟨1⟩[\"read\"]⟨2⟩\n",
      Finding(
        1, 2, PolicyDiagnostics.wrongType, "expected a table, found an array",
        help: "keys of [operations]: default, allow, deny, flags")),
    Mistake(
      "[[operations]]", "⟨1⟩[[operations]]⟨2⟩\nallow = [\"read\"]\n",
      Finding(
        1, 2, PolicyDiagnostics.wrongType, "expected a table, found an array",
        help: "there is one such table: write [operations], with single brackets")),
    Mistake(
      "default that is no text", "[operations]\ndefault = ⟨1⟩false⟨2⟩\n",
      Finding(
        1, 2, PolicyDiagnostics.wrongType, "expected a string, found a boolean",
        help: "write it in quotes: \"false\"")),
    Mistake(
      "list that is one name", "[operations]\nallow = ⟨1⟩\"read\"⟨2⟩\n",
      Finding(
        1, 2, PolicyDiagnostics.wrongType, "expected an array, found a string", help: "write [\"read\"]")),
    Mistake(
      "operation that is neither name nor number",
      "[operations]\nallow = [⟨1⟩true⟨2⟩]\ndeny = [⟨3⟩1.5⟨4⟩, ⟨5⟩{ a = 1 }⟨6⟩]\n",
      Finding(1, 2, PolicyDiagnostics.wrongType, "expected a name or a number, found a boolean"),
      Finding(3, 4, PolicyDiagnostics.wrongType, "expected a name or a number, found a float"),
      Finding(5, 6, PolicyDiagnostics.wrongType, "expected a name or a number, found a table")),
    Mistake(
      "socket entry that is no table", "[operations]\nallow = [45]\n[socket]\nallow = [⟨1⟩\"inet\"⟨2⟩]\n",
      Finding(
        1, 2, PolicyDiagnostics.wrongType, "expected a table, found a string",
        help: "keys of a [socket] entry: family, type, protocol")),
    Mistake(
      "socket list that is one entry", "[operations]\nallow = [45]\n[socket]\nallow = ⟨1⟩{ family = 1 }⟨2⟩\n",
      Finding(
        1, 2, PolicyDiagnostics.wrongType, "expected an array, found a table", help: "write it in brackets: [{ ... }]")),
    Mistake(
      "mode in decimal",
      "[operations]\nallow = [28]\n[open]\nmode = { forbid = [⟨1⟩77⟨2⟩, 7, 0o700, ⟨3⟩18⟨4⟩] }\n",
      Finding(
        1, 2, PolicyDiagnostics.decimalMode, "the mode 77 is written in decimal",
        help: "permissions are octal: write 0o77"),
      Finding(
        3, 4, PolicyDiagnostics.decimalMode, "the mode 18 is written in decimal",
        help: "permissions are octal: write 0o22")),
    Mistake(
      "family that is a date",
      "[operations]\nallow = [45]\n[socket]\nallow = [{ family = ⟨1⟩2026-01-31⟨2⟩ }]\n",
      Finding(1, 2, PolicyDiagnostics.wrongType, "expected a name or a number, found a date or time")),
    Mistake(
      "list of lists",
      "[operations]\nallow = [45]\n[socket]\nallow = [{ type = [⟨1⟩[1]⟨2⟩] }]\n",
      Finding(1, 2, PolicyDiagnostics.wrongType, "expected a name or a number, found an array")),
    Mistake(
      "[process] that is no table", "process = ⟨1⟩true⟨2⟩\n",
      Finding(
        1, 2, PolicyDiagnostics.wrongType, "expected a table, found a boolean",
        help: "keys of [process]: no-new-privileges, exec, keep-fds, capabilities")),
    Mistake(
      "no-new-privileges as a number", "[process]\nno-new-privileges = ⟨1⟩1⟨2⟩\n",
      Finding(1, 2, PolicyDiagnostics.wrongType, "expected true or false, found an integer")),
  ]
}
