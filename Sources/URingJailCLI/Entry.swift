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
    let reader = CommandLineReader(arguments)
    guard case .run = reader.command else { return perform(reader, nil) }
    do throws(Mistake) {
      return RunAction.perform(try RunRequest(reader)).rawValue
    } catch {
      return perform(reader, error)
    }
  }

  /// Everything but a launch. `mistake`: what a launch did not understand.
  private static func perform(_ reader: CommandLineReader, _ mistake: Mistake?) -> Int32 {
    let arguments = reader.arguments
    if let elevation = ElevationRefusal.find(LinuxSystemCalls()) {
      Report.error("\(elevation.message) (\(elevation.help))")
      return ExitStatus.setUpFailed.rawValue
    }
    if arguments.count == 2, arguments.argument(1, is: ExecutionHoleTrial.argument) {
      // Executed by a child of a launch, to see what is left of its jail.
      return ExecutionHoleTrial(LinuxSystemCalls()).look()
    }
    if arguments.count <= 1 {
      Console.write(CommandHelp.text(for: nil), to: .error)
      return ExitStatus.usage.rawValue
    }
    switch reader.question {
    case .help(let subject): return print(CommandHelp.text(for: subject))
    case .version: return print(Version.line + "\n")
    case nil: break
    }
    let command: (any Command)?
    do throws(Mistake) {
      if let mistake { throw mistake }
      command = try reader.command.action?.init(ParsedLine(reader))
    } catch {
      return refuse(error, reader)
    }
    do throws(CommandExit) {
      try command?.run()
      return ExitStatus.success.rawValue
    } catch {
      switch error {
      case .status(let status): return status
      case .mistake(let mistake): return refuse(mistake, reader)
      }
    }
  }

  private static func print(_ text: String) -> Int32 {
    Report.result(text) ? ExitStatus.success.rawValue : ExitStatus.no.rawValue
  }

  private static func refuse(_ mistake: Mistake, _ reader: CommandLineReader) -> Int32 {
    let command = reader.command
    Report.error(reader.message(mistake))
    Console.write(command.page.usageText, to: .error)
    Console.write("Try 'uring-jail \(command == .help ? "" : "\(command.name) ")--help'.\n", to: .error)
    return ExitStatus.usage.rawValue
  }
}
