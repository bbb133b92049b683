import ArgumentParser
package import Kernel

/// The program: command line in, exit status out. Does not return if a target was started.
package enum Entry {
  /// - Parameters:
  ///   - count: how many arguments there are, the program's own name included.
  ///   - arguments: the vector that the C runtime gave `main`.
  /// - Returns: what the process exits with.
  @unsafe
  package static func main(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) -> Int32 {
    // SAFETY: the vector holds `count` C strings and a final NULL, and lives until the process ends.
    return run(unsafe ArgumentVector(base: arguments, count: Int(count)))
  }

  package static func run(_ arguments: ArgumentVector) -> Int32 {
    if let request = RunRequest.recognise(arguments) {
      return RunAction.perform(request).rawValue
    }
    return parse(arguments)
  }

  private static func parse(_ arguments: ArgumentVector) -> Int32 {
    if let elevation = ElevationRefusal.find(LinuxSystemCalls()) {
      Report.error("\(elevation.message) (\(elevation.help))")
      return ExitStatus.setUpFailed.rawValue
    }
    if arguments.count == 2, arguments[1] == "\(ExecutionHoleTrial.argument)" {
      // Executed by a child of a launch, to see what is left of its jail.
      return ExecutionHoleTrial(LinuxSystemCalls()).look()
    }
    if arguments.count <= 1 {
      Console.write(CommandHelp.text(for: nil), to: .error)
      return ExitStatus.usage.rawValue
    }
    switch CommandHelp.question(in: arguments.strings) {
    case .command(let name): return print(CommandHelp.text(for: name))
    case .mistake(let mistake): return refuse(mistake, arguments)
    case nil: break
    }
    do {
      var command = try RootCommand.parseAsRoot(Array(arguments.strings.dropFirst()))
      if let run = command as? RunCommand {
        return RunAction.perform(try run.request(from: arguments)).rawValue
      }
      if let starter = command as? any CommandStarter {
        return starter.start(arguments.dropFirst(arguments.count - starter.command.count))
      }
      // Help is a command of ArgumentParser's own, which throws its text.
      try command.run()
      return ExitStatus.success.rawValue
    } catch {
      return report(error, arguments)
    }
  }

  /// Help and version go to standard output; everything else is a mistake in the command line.
  private static func report(_ error: any Error, _ arguments: ArgumentVector) -> Int32 {
    if let exit = error as? ExitCode { return exit.rawValue }
    if RootCommand.exitCode(for: error) == .success {
      // Of the two, the parser knows the one line of the version.
      let text = RootCommand.fullMessage(for: error)
      return print(
        text == Version.line ? text + "\n" : CommandHelp.text(for: CommandHelp.subject(of: arguments.strings)))
    }
    return refuse(
      CommandSpelling.complaint(about: arguments.strings) ?? oneLine(RootCommand.message(for: error)), arguments)
  }

  private static func print(_ text: String) -> Int32 {
    Report.result(text) ? ExitStatus.success.rawValue : ExitStatus.no.rawValue
  }

  private static func refuse(_ mistake: String, _ arguments: ArgumentVector) -> Int32 {
    let command = CommandSpelling.command(of: arguments.strings)
    Report.error(mistake)
    Console.write("Usage: \(command.usage)\n", to: .error)
    Console.write("Try 'uring-jail \(command.name == "help" ? "" : command.name + " ")--help'.\n", to: .error)
    return ExitStatus.usage.rawValue
  }

  /// A message of which ArgumentParser makes a list: "one of the following:", and each on a line of its own.
  private static func oneLine(_ message: String) -> String {
    let lines = message.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "-" } }
    guard let first = lines.first, lines.count > 1 else { return message }
    return "\(first) \(lines.dropFirst().joined(separator: ", "))"
  }
}
