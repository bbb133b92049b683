import Diagnostics

/// Errors in what well-formed rules mean together.
enum MeaningExplanations {
  static let all: [Explanation] = [
    Explanation(
      PolicyDiagnostics.contradictoryFlags, "conditions exclude each other",
      """
      A flag is required and forbidden, required and not in 'allow', or excluded by another condition: no \
      request could ever be allowed.
      """,
      example: "policy = 1\n[operations]\nallow = [\"read\"]\nflags = { require = [\"async\"], forbid = [\"async\"] }\n"
    ),
    Explanation(
      PolicyDiagnostics.flagWithoutEffect, "this cannot be restricted as a flag",
      """
      The access mode of open(2) is a number and is restricted with 'access'. O_LARGEFILE is set by the kernel on \
      every request of a 64-bit program.
      """, example: "policy = 1\noperations.allow = [\"openat2\"]\n[open]\nflags = { forbid = [\"wronly\"] }\n"),
    Explanation(
      PolicyDiagnostics.flagOfTheKernel, "filters cannot require a flag that the kernel sets itself",
      """
      Filters see the flags of a request after the kernel has prepared it. By then the kernel has set "async" on \
      requests of many operations, on every request with "io_drain" and on every request behind one; after linked \
      requests of which one has "io_drain", it has set "io_drain" as well. A filter that requires one of the two would \
      allow requests that the program made without it. Restrictions see what the program set: they enforce \
      [operations] flags, unless restrictions = "never" is set, a list has flags of several bits, or the launcher \
      runs inside another jail.
      """,
      example: "policy = 1\n[operations]\nallow = [\"read\"]\n[operation.read]\nflags = { require = [\"async\"] }\n"),
    Explanation(
      PolicyDiagnostics.conditionsWithoutOperation, "conditions on an operation that is not allowed",
      """
      Tables such as [open] and [socket] narrow an operation; they allow nothing by themselves. Add the operation to \
      [operations] allow, or remove the table.
      """, example: "policy = 1\n[socket]\nallow = [{ family = \"unix\" }]\n"),
    Explanation(
      PolicyDiagnostics.groupCycle, "a group contains itself",
      "Groups may contain groups, but not in a cycle, and at most 32 levels deep.",
      example: "policy = 1\noperations.allow = [\"@a\"]\n[groups]\na = [\"@b\"]\nb = [\"@a\"]\n"),
    Explanation(
      PolicyDiagnostics.groupRedefined, "a built-in group is redefined",
      "Built-in groups mean the same in every policy. Choose another name.",
      example: "policy = 1\noperations.allow = [\"@basic\"]\n[groups]\nbasic = [\"nop\"]\n"),
    Explanation(
      PolicyDiagnostics.testFailed, "the policy does not do what a test expects",
      "The note shows the rule that decided. Correct the rule, or the expectation.",
      example: "policy = 1\n[[test]]\nrequest = \"nop\"\nexpect = \"allow\"\n"),
    Explanation(
      PolicyDiagnostics.tooManyFindings, "there are more findings than are shown",
      "Each step that reads a policy shows at most a thousand errors and a thousand warnings. Correct those first.",
      example: nil),
  ]
}

/// Errors of files.
enum FileExplanations {
  static let all: [Explanation] = [
    Explanation(
      PolicyDiagnostics.notAPolicy, "the file is not a policy",
      "Policies are written in TOML. This is a program, a script, a unit file, or text of another format.",
      example: "---\npolicy: 1\n"),
    Explanation(
      PolicyDiagnostics.unreadable, "the policy cannot be read",
      "There is no such file, or it cannot be read. The message says which, and how to go on.", example: nil),
    Explanation(
      PolicyDiagnostics.includeUnreadable, "an included file cannot be used",
      "Paths are relative to the directory of the file that includes them. The message says why it cannot be read.",
      example: "policy = 1\ninclude = [\"missing.toml\"]\n"),
    Explanation(
      PolicyDiagnostics.includeCycle, "files include each other in a cycle",
      "Move what both need into a third file, and include that from both.", example: nil),
    Explanation(
      PolicyDiagnostics.tooManyIncludes, "a policy has too many files",
      "A policy consists of at most 64 files.", example: nil),
    Explanation(
      PolicyDiagnostics.conflictingValues, "two values for one key",
      """
      Included files are merged: lists and tables are combined, but a key with a single value must have \
      the same value in all of them.
      """,
      example:
        "policy = 1\n[operations]\nallow = [\"nop\"]\n[operation.nop]\nuser_data = 1\n[operation.0]\nuser_data = 2\n"),
  ]
}
