package import Kernel

/// `uring-jail [run] [OPTION...] --policy POLICY... -- COMMAND [ARGUMENT...]`, understood.
package struct RunRequest: Sendable {
  /// At least one.
  package let policies: [PolicyReference]
  package let options: RunOptions
  /// The target and its arguments.
  package let command: ArgumentVector

  package init(policies: [PolicyReference], options: RunOptions = RunOptions(), command: ArgumentVector) {
    self.policies = policies
    self.options = options
    self.command = command
  }

  /// Recognises exactly the well-formed command lines of `run`, in the time that takes a few comparisons. Anything
  /// else, help and mistakes included, is `nil` and left to ArgumentParser, which takes longer than all the rest.
  ///
  /// `arguments`: with the program's own name at index 0.
  package static func recognise(_ arguments: ArgumentVector) -> RunRequest? {
    var index = 1
    if index < arguments.count, arguments[index] == "run" { index += 1 }
    var policies: [PolicyReference] = []
    var options = RunOptions()
    while index < arguments.count {
      let argument = arguments.bytes(at: index)
      index += 1
      if argument.elementsEqual("--".utf8) {
        guard !policies.isEmpty, index < arguments.count, policies.count(where: { $0 == .standardInput }) <= 1,
          options.mistake == nil
        else { return nil }
        return RunRequest(policies: policies, options: options, command: arguments.dropFirst(index))
      }
      if options.set(flag: argument) { continue }
      let name: ArraySlice<UInt8>
      let value: [UInt8]
      if let equals = argument.firstIndex(of: UInt8(ascii: "=")) {
        name = argument[..<equals]
        value = Array(argument[(equals + 1)...])
      } else {
        guard index < arguments.count else { return nil }
        name = argument[...]
        value = arguments.bytes(at: index)
        index += 1
      }
      if name.elementsEqual("--policy".utf8) {
        // Text that is not UTF-8 reaches ArgumentParser changed; here it does not.
        let isOption = value.first == UInt8(ascii: "-") && value.count > 1
        if value.isEmpty || isOption { return nil }
        policies.append(PolicyReference(option: value))
      } else if !options.set(option: name, to: value) {
        return nil
      }
    }
    return nil
  }
}
