package import Kernel

/// `uring-jail [run] [OPTION...] --policy POLICY... -- COMMAND [ARGUMENT...]`, understood.
package struct RunRequest: Sendable {
  /// At least one.
  package let policies: [PolicyReference]
  /// The caller knows that others could change the policy, and wants it all the same.
  package let acceptsUntrustedPolicy: Bool
  /// The target and its arguments.
  package let command: ArgumentVector

  package init(policies: [PolicyReference], acceptsUntrustedPolicy: Bool, command: ArgumentVector) {
    self.policies = policies
    self.acceptsUntrustedPolicy = acceptsUntrustedPolicy
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
    var acceptsUntrustedPolicy = false
    while index < arguments.count {
      let argument = arguments.bytes(at: index)
      index += 1
      if argument.elementsEqual("--".utf8) {
        guard !policies.isEmpty, index < arguments.count, policies.count(where: { $0 == .standardInput }) <= 1 else {
          return nil
        }
        return RunRequest(
          policies: policies, acceptsUntrustedPolicy: acceptsUntrustedPolicy, command: arguments.dropFirst(index))
      }
      let value: [UInt8]
      if argument.elementsEqual("--policy".utf8) {
        guard index < arguments.count else { return nil }
        value = arguments.bytes(at: index)
        index += 1
      } else if argument.starts(with: "--policy=".utf8) {
        value = Array(argument.dropFirst("--policy=".utf8.count))
      } else if argument.elementsEqual("--accept-untrusted-policy".utf8) {
        acceptsUntrustedPolicy = true
        continue
      } else {
        return nil
      }
      // Text that is not UTF-8 reaches ArgumentParser changed; here it does not.
      let isOption = value.first == UInt8(ascii: "-") && value.count > 1
      if value.isEmpty || isOption { return nil }
      policies.append(PolicyReference(option: value))
    }
    return nil
  }
}
