import Jail
import Kernel

/// What `run` takes from its environment.
package struct RunEnvironment: Sendable {
  /// `PATH`, where commands without a slash are looked for.
  package let searchPath: [UInt8]?
  /// See `LaunchOptions`.
  package let passedSockets: Int32

  package init(searchPath: [UInt8]?, passedSockets: Int32 = 0) {
    self.searchPath = searchPath
    self.passedSockets = passedSockets
  }

  /// That of this process.
  init() {
    self.init(
      searchPath: Console.environment("PATH"),
      passedSockets: LaunchOptions.passedSockets(
        process: Console.processID, listenPID: Console.environment("LISTEN_PID"),
        listenFDs: Console.environment("LISTEN_FDS")))
  }

  func options(_ options: RunOptions) -> LaunchOptions {
    LaunchOptions(
      keptDescriptors: options.keptDescriptors, keptRanges: options.keptRanges, passedSockets: passedSockets,
      statusDescriptor: options.statusDescriptor)
  }
}
