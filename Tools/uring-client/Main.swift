import CLinuxShims
import Glibc

@main
struct Main {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let options: ClientOptions
    do throws(UsageError) {
      options = try ClientOptions(arguments)
    } catch {
      fail("uring-client: \(error.message)\nTry 'uring-client --help'.\n", status: 64)
    }
    if options.wantsHelp {
      Output.write(usage, to: STDOUT_FILENO)
      return
    }
    if let trials = options.trials { exit(trials.run()) }
    exit(Contexts(arguments: arguments, options: options).run())
  }

  static func fail(_ message: String, status: Int32) -> Never {
    Output.write(message, to: STDERR_FILENO)
    exit(status)
  }
}

/// Whole lines, each in one write: several processes may share the stream.
enum Output {
  static func line(_ text: String) {
    write(text + "\n", to: STDOUT_FILENO)
  }

  static func write(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    // SAFETY: the array lives through the call, and its own count bounds what is read.
    let written = unsafe Glibc.write(descriptor, bytes, bytes.count)
    // A result that nobody gets must not look like a success.
    if written != bytes.count { exit(2) }
  }
}
