import Kernel

/// `uring-jail learn`: a policy from what a program does.
struct LearnCommand: Command {
  static let page = HelpPage(
    abstract: "write a policy that allows what a program does",
    intro: "Writes a policy that allows exactly what a program does.",
    usage: ["learn [OPTION...] -- COMMAND [ARGUMENT...]", "learn [OPTION...] --pid PID"],
    prose: [
      "The command runs without a jail. learn follows it, with all that it starts, to its end or Ctrl-C. Let it do "
        + "all of its work: everything else will be denied. Needs root and tracefs; \"uring-jail probe\" shows "
        + "whether it works here."
    ],
    exitStatus: "0 if nothing was missed; 1 if the policy may lack something, or is not written; 125: not possible "
      + "here; 126, 127: the command did not start.",
    examples: [
      "uring-jail learn --output web.toml -- ./server --port 8080",
      "uring-jail learn --output web.toml --merge -- ./server --other-work",
    ])

  private let action: LearnAction

  init(_ line: ParsedLine) throws(Mistake) {
    let process = try line.processID(.followedProcess)
    let output = line.value(.learnedOutput)
    let base = line.value(.base)
    let merge = line.has(.merge)
    if (line.target.count == 0) == (process == nil) {
      throw .says(
        process == nil
          ? "Missing what to learn from: a command behind '--', or '--pid'" : "A command and '--pid' exclude each other"
      )
    }
    if base == "-" { throw .says("The base is included by its path, so it cannot be standard input") }
    if merge, output == nil { throw .says("'--merge' needs the file to merge with: '--output'") }
    if merge, base != nil { throw .says("'--merge' and '--base' exclude each other") }
    action = LearnAction(
      target: process.map { .process($0) } ?? .command(line.target), output: output == "-" ? nil : output, base: base,
      merges: merge, generalises: line.has(.generalise))
  }

  func run() throws(CommandExit) { throw .status(action.perform()) }
}
