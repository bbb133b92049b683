package import Kernel

/// `uring-jail [run] --policy FILE -- COMMAND [ARGUMENT...]`, understood.
package struct RunRequest: Sendable {
  package let policy: FilePath
  /// The target and its arguments.
  package let command: ArgumentVector

  init(policy: FilePath, command: ArgumentVector) {
    self.policy = policy
    self.command = command
  }

  /// Recognises exactly the well-formed command lines of `run`, in the time that takes a few comparisons. Anything
  /// else, help and mistakes included, is `nil` and left to ArgumentParser, which costs milliseconds.
  ///
  /// `arguments`: with the program's own name at index 0.
  package static func recognise(_ arguments: ArgumentVector) -> RunRequest? {
    var index = 1
    if index < arguments.count, arguments[index] == "run" { index += 1 }
    var policy: [UInt8]?
    while index < arguments.count {
      let argument = arguments.bytes(at: index)
      index += 1
      if argument == Array("--".utf8) {
        guard let policy, index < arguments.count else { return nil }
        return RunRequest(policy: FilePath(policy), command: arguments.dropFirst(index))
      }
      let value: [UInt8]
      if argument == Array("--policy".utf8) {
        guard index < arguments.count else { return nil }
        value = arguments.bytes(at: index)
        index += 1
      } else if argument.starts(with: "--policy=".utf8) {
        value = Array(argument.dropFirst("--policy=".utf8.count))
      } else {
        return nil
      }
      guard policy == nil, let first = value.first, first != UInt8(ascii: "-") else { return nil }
      policy = value
    }
    return nil
  }
}
