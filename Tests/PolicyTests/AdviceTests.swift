import Diagnostics
import Policy
import PolicyLanguage
import TestSupport
import Testing

/// What people write by mistake: where the finding is, and the way out that it shows.
struct AdviceTests {
  /// A policy, the text that the finding marks, and its help. `nil`: there is no advice.
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let marked: String
    let message: String
    let help: String

    var testDescription: String { "\(marked): \(help)" }

    init(_ text: String, marked: String, _ message: String, _ help: String) {
      self.text = text
      self.marked = marked
      self.message = message
      self.help = help
    }

    /// An operation in a list.
    static func operation(_ name: String, _ help: String) -> Case {
      Case(
        "policy = 1\n[operations]\nallow = [\"nop\", \"\(name)\"]\n", marked: "\"\(name)\"",
        "unknown operation '\(name)'", help)
    }

    static func registerOperation(_ name: String, _ help: String) -> Case {
      Case(
        "policy = 1\n[operations]\nallow = [\"nop\"]\n[register]\nallow = [\"\(name)\"]\n", marked: "\"\(name)\"",
        "unknown register opcode '\(name)'", help)
    }

    static func policy(_ text: String, marked: String, _ message: String, _ help: String) -> Case {
      Case("policy = 1\noperations.default = \"allow\"\n" + text, marked: marked, message, help)
    }
  }

  static let cases: [Case] = [
    // Letters
    .operation("sokcet", "did you mean 'socket'?"),
    .operation("recieve", "did you mean 'recv'?"),
    .operation("conect", "did you mean 'connect'?"),
    .operation("Read", "did you mean 'read'?"),
    // Signs, spaces, quotes
    .operation("-connect", "names do not begin with '-'; to exclude 'connect', write it in 'deny' or 'forbid'"),
    .operation("~bind", "names do not begin with '~'; to exclude 'bind', write it in 'deny' or 'forbid'"),
    .operation("!read", "names do not begin with '!'; to exclude 'read', write it in 'deny' or 'forbid'"),
    .operation(" read", "write 'read' without the spaces around it"),
    .operation("read ", "write 'read' without the spaces around it"),
    .operation("\u{A0}read", "write 'read' without the invisible characters around it"),
    .operation("read\u{200B}", "write 'read' without the invisible characters around it"),
    .operation("\u{201C}read\u{201D}", "write 'read' without the quotes around it"),
    .operation("'read'", "write 'read' without the quotes around it"),
    .operation("read,", "write 'read' without the punctuation around it"),
    // Constants of C
    .operation("IORING_OP_OPENAT2", "did you mean 'openat2'?"),
    .operation("OPENAT2", "did you mean 'openat2'?"),
    .operation("ioring_op_read", "did you mean 'read'?"),
    .registerOperation("IORING_REGISTER_FILES", "did you mean 'files'?"),
    .registerOperation("IORING_UNREGISTER_FILES", "did you mean 'unregister_files'?"),
    .registerOperation("register_files", "did you mean 'files'?"),
    .registerOperation(
      "-buffers", "names do not begin with '-'; to exclude 'buffers', write it in 'deny' or 'forbid'"),
    .policy(
      "[open]\nflags = { forbid = \"O_CREAT\" }\n", marked: "\"O_CREAT\"", "unknown open flag 'O_CREAT'",
      "did you mean 'creat'?"),
    .policy(
      "[socket]\nallow = [{ family = \"AF_INET\", type = \"stream\" }]\n", marked: "\"AF_INET\"",
      "unknown socket family 'AF_INET'", "did you mean 'inet'?"),
    .policy(
      "[socket]\nallow = [{ family = \"inet\", type = \"SOCK_STREAM\" }]\n", marked: "\"SOCK_STREAM\"",
      "unknown socket type 'SOCK_STREAM'", "did you mean 'stream'?"),
    .policy(
      "[socket]\nallow = [{ family = \"inet\", protocol = \"IPPROTO_TCP\" }]\n", marked: "\"IPPROTO_TCP\"",
      "unknown protocol 'IPPROTO_TCP'", "did you mean 'tcp'?"),
    // System calls
    .operation("open", "open(2) is a system call; io_uring's operation for it is 'openat' or 'openat2'"),
    .operation("pread64", "pread64(2) is a system call; io_uring's operation for it is 'read'"),
    .operation("accept4", "accept4(2) is a system call; io_uring's operation for it is 'accept'"),
    .operation("recvfrom", "recvfrom(2) is a system call; io_uring's operation for it is 'recv' or 'recvmsg'"),
    .operation("mkdir", "mkdir(2) is a system call; io_uring's operation for it is 'mkdirat'"),
    .operation("poll", "poll(2) is a system call; io_uring's operation for it is 'poll_add'"),
    .operation("setsockopt", "setsockopt(2) is a system call; io_uring's operation for it is 'uring_cmd'"),
    .operation("fdatasync", "fdatasync(2) is a system call; io_uring's operation for it is 'fsync'"),
    .operation("__NR_rename", "rename(2) is a system call; io_uring's operation for it is 'renameat'"),
    .operation(
      "execve",
      "execve(2) is a system call; io_uring has no operation for it; use a seccomp filter to restrict it"),
    .operation(
      "mmap", "mmap(2) is a system call; io_uring has no operation for it; use a seccomp filter to restrict it"
    ),
    // Types of values
    .policy(
      "process.no-new-privileges = \"true\"\n", marked: "\"true\"", "expected true or false, found a string",
      "write true without quotes"),
    .policy("description = 5\n", marked: "5", "expected a string, found an integer", "write it in quotes: \"5\""),
    .policy(
      "[test]\nrequest = \"nop\"\nexpect = \"allow\"\n", marked: "[test]", "expected an array, found a table",
      "there can be several: write [[test]], with two brackets"),
    .policy(
      "[[open]]\naccess = \"read\"\n", marked: "[[open]]", "expected a table, found an array",
      "there is one such table: write [open], with single brackets"),
    .policy("[groups]\nmine = \"read\"\n", marked: "\"read\"", "expected an array, found a string", "write [\"read\"]"),
    .policy(
      "[open]\nmode = { forbid = 77 }\n", marked: "77", "the mode 77 is written in decimal",
      "permissions are octal: write 0o77"),
    .policy(
      "[open]\nmode = { forbid = 0x12 }\nresolve = { require = \"benaeth\" }\n", marked: "\"benaeth\"",
      "unknown resolve flag 'benaeth'", "did you mean 'beneath'?"),
    // Form
    Case(
      "policy = 1\n[operations]\nallow = [\"nop\",\n[register]\nallow = []\n", marked: "[",
      "expected a value or ']' in the array, found a new table", "close the array with ']' before the table begins"),
    Case(
      "policy = 1\n[operations]\nallow = [\"nop\"\n[register]\nallow = []\n", marked: "[",
      "expected ',' or ']' in the array, found a new table", "close the array with ']' before the table begins"),
    Case(
      "[operations]\nallow = [\"nop\"]\npolicy = 1\n", marked: "policy", "unknown key 'policy' in [operations]",
      "'policy' belongs at the top of the file, above the first table"),
    Case(
      "policy = 1\n[operations]\nallow = [\"nop\"]\ninclude = \"x.toml\"\n", marked: "include",
      "unknown key 'include' in [operations]", "'include' belongs at the top of the file, above the first table"),
    // Other files
    Case(
      "policy: 1\noperations:\n  - nop\n", marked: "", "this is YAML, not a policy",
      "policies are written in TOML, and begin with: policy = 1"),
    Case(
      "{\"policy\": 1}\n", marked: "", "this is JSON, not a policy",
      "policies are written in TOML, and begin with: policy = 1"),
    Case(
      "# a service\n[Unit]\nDescription=x\n[Service]\nExecStart=/bin/x\n", marked: "",
      "this is a systemd unit file, not a policy",
      "name the policy in ExecStart=: uring-jail --policy POLICY -- COMMAND"),
    Case(
      "#!/bin/sh\nexec true\n", marked: "", "this is a script, not a policy",
      "name the policy with --policy, and the command behind --"),
    Case(
      "\u{7F}ELF\u{2}\u{1}\u{0}", marked: "", "this is a program, not a policy",
      "name the policy with --policy, and the command behind --"),
  ]

  @Test(arguments: cases)
  func findingIsAtItsPlaceAndShowsTheWayOut(_ mistake: Case) throws {
    let errors = ReadPolicy(whole: mistake.text).diagnostics.filter { $0.severity == .error }
    let found = try #require(
      errors.first { $0.message == mistake.message }, "\(errors.map { "\($0.message) | \($0.help ?? "")" })")
    let bytes = Array(mistake.text.utf8)
    #expect(String(decoding: bytes[found.span.range], as: UTF8.self) == mistake.marked)
    #expect(found.help == mistake.help)
  }

  /// Names that undo each other are never taken for each other, however near they are.
  @Test func oppositesAreNotSuggested() {
    #expect(NameAdvice.help(for: "follow", among: ["nofollow", "sync"]) == nil)
    #expect(NameAdvice.help(for: "xdev", among: ["no_xdev"]) == nil)
    #expect(
      NameAdvice.help(for: "unregister_buffer", among: ["unregister_buffers"]) == "did you mean 'unregister_buffers'?")
    #expect(NameAdvice.help(for: "nofolow", among: ["nofollow"]) == "did you mean 'nofollow'?")
  }

  @Test func nestedArraysAreNotTakenForTables() {
    for text in ["x = [\n[1, 2],\n[3]\n]\n", "x = [\n[true]\n]\n", "x = [\n[0x1f]\n]\n", "x = [\n[\"a\"],\n]\n"] {
      let errors = ReadPolicy(whole: "policy = 1\n" + text).diagnostics.filter { $0.severity == .error }
      #expect(errors.map(\.id) == [PolicyDiagnostics.unknownKey], "\(text)")
    }
  }
}
