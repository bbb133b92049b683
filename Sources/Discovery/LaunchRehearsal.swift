package import Jail
package import Kernel

/// A launch up to the execution of its target, made by a child, which ends there: what happened, and why nothing would
/// be started. This process stays as it is.
package struct LaunchRehearsal: Sendable {
  package struct Step: Hashable, Sendable {
    package let step: LaunchStep
    /// What was done, or what went wrong.
    package let text: String

    package init(step: LaunchStep, text: String) {
      self.step = step
      self.text = text
    }
  }

  package struct Failure: Hashable, Sendable {
    /// The part of the launch that it ended in.
    package let step: LaunchStep
    package let message: String
    package let help: String?
    /// Where in a policy, if it is the policy that cannot be had.
    package let place: String?

    package init(step: LaunchStep, message: String, help: String?, place: String? = nil) {
      self.step = step
      self.message = message
      self.help = help
      self.place = place
    }
  }

  /// What was done, in that order.
  package private(set) var steps: [Step] = []
  package private(set) var warnings: [String] = []
  /// `nil` if the target would be executed.
  package private(set) var failure: Failure?

  /// One that ended before a child was needed.
  package init(steps: [Step], failure: Failure) {
    self.steps = steps
    self.failure = failure
  }

  /// - Parameters:
  ///   - before: what was done already.
  ///   - place: where in a policy a failure belongs to.
  ///   - launch: what the child does.
  /// - Throws: why there is no child to do it.
  package init(
    after before: [Step], place: (LaunchFailure) -> String?,
    _ launch: (LaunchLog) throws(LaunchFailure) -> Void
  ) throws(KernelError) {
    steps = before
    let calls = LinuxSystemCalls()
    let pipe = try attempt("pipe") { () throws(Errno) in try Descriptors.pipe() }
    let child = try attempt("clone") { () throws(Errno) in
      try calls.fork {
        let channel = Channel(writing: pipe.writing)
        do throws(LaunchFailure) {
          try launch(channel.log)
          channel.send(.end, [])
        } catch {
          channel.send(.failure, [error.message, error.help ?? "", place(error) ?? ""])
        }
        return 0
      }
    }
    try attempt("close(pipe)") { () throws(Errno) in try calls.close(pipe.writing) }
    let end = try read(try Channel.fields(from: pipe.reading, calls))
    try attempt("close(pipe)") { () throws(Errno) in try calls.close(pipe.reading) }
    let status = try Self.wait(for: child, calls)
    if failure == nil, !end.isComplete {
      failure = Failure(step: end.begun, message: "its trial ended with status \(status)", help: nil)
    }
  }

  /// Takes what the child has sent. Whether its last word is there, and what it had begun.
  private mutating func read(_ fields: [String]) throws(KernelError) -> (isComplete: Bool, begun: LaunchStep) {
    var rest = fields[...]
    var begun = LaunchStep.privilege
    while let name = rest.popFirst() {
      // What is cut off is no word.
      guard let kind = Channel.Kind(rawValue: name), rest.count >= kind.count else { break }
      let values = Array(rest.prefix(kind.count))
      rest = rest.dropFirst(kind.count)
      switch kind {
      case .begin: begun = LaunchStep(rawValue: values[0]) ?? begun
      case .step: steps.append(Step(step: LaunchStep(rawValue: values[0]) ?? begun, text: values[1]))
      case .warning: warnings.append(values[0])
      case .failure:
        failure = Failure(
          step: begun, message: values[0], help: values[1].isEmpty ? nil : values[1],
          place: values[2].isEmpty ? nil : values[2])
        return (true, begun)
      case .end: return (true, begun)
      }
    }
    return (false, begun)
  }

  private static func wait(for child: Int32, _ calls: LinuxSystemCalls) throws(KernelError) -> Int32 {
    while true {
      do throws(Errno) {
        return try calls.wait(for: child)
      } catch {
        if error != .interrupted { throw KernelError("waitpid", error) }
      }
    }
  }
}

/// How the child tells what it does: texts, each with a NUL behind it.
private struct Channel {
  enum Kind: String {
    case begin, step, warning, failure, end

    /// How many texts follow.
    var count: Int {
      switch self {
      case .begin, .warning: 1
      case .step: 2
      case .failure: 3
      case .end: 0
      }
    }
  }

  let writing: Int32

  var log: LaunchLog {
    LaunchLog(
      warn: { send(.warning, [$0]) }, step: { send(.step, [$0.rawValue, $1]) }, begin: { send(.begin, [$0.rawValue]) })
  }

  func send(_ kind: Kind, _ values: [String]) {
    let bytes = ([kind.rawValue] + values).flatMap { text in text.utf8.filter { $0 != 0 } + [0] }
    // What does not arrive is missing at the other end, which takes that for a failure.
    Console.write(String(decoding: bytes, as: UTF8.self), toDescriptor: writing)
  }

  static func fields(from reading: Int32, _ calls: LinuxSystemCalls) throws(KernelError) -> [String] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      do throws(Errno) {
        let count = try calls.read(reading, into: &buffer)
        if count == 0 { break }
        bytes += buffer[..<count]
      } catch {
        if error != .interrupted { throw KernelError("read(pipe)", error) }
      }
    }
    return bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}
