/// The options of `run` beside the policies.
package struct RunOptions: Hashable, Sendable {
  /// The caller knows that others could change the policy, and wants it all the same.
  package var acceptsUntrustedPolicy = false
  /// Report every step.
  package var isVerbose = false
  /// Do everything but start the target, and print what was done.
  package var isDryRun = false
  /// Print that as JSON.
  package var isJSON = false
  /// Descriptors that the target is to keep, and that must be open.
  package var keptDescriptors: [Int32] = []
  /// Ranges of which the target is to keep what is open.
  package var keptRanges: [ClosedRange<Int32>] = []
  /// Where to tell how it went.
  package var statusDescriptor: Int32?

  package init() {}

  /// Takes an option of `run` and its value.
  mutating func set(_ option: CommandOption, _ value: [UInt8]) throws(Mistake) {
    if case .acceptUntrusted = option {
      acceptsUntrustedPolicy = true
    } else if case .verbose = option {
      isVerbose = true
    } else if case .dryRun = option {
      isDryRun = true
    } else if case .dryRunJSON = option {
      isJSON = true
    } else if case .keepFd = option {
      if let descriptor = Self.descriptor(value[...]) {
        keptDescriptors.append(descriptor)
      } else if let range = Self.range(value) {
        keptRanges.append(range)
      } else {
        throw Self.mistake(option, value, "a number above 2, a range such as 3-9, or 'all'")
      }
    } else if case .statusFd = option {
      guard let descriptor = Self.descriptor(value[...]) else { throw Self.mistake(option, value, "a number above 2") }
      statusDescriptor = descriptor
    } else {
      preconditionFailure("an option of 'run' is not handled")
    }
  }

  private static func mistake(_ option: CommandOption, _ value: [UInt8], _ meaning: String) -> Mistake {
    .says("The value of '\(option.name)' is \(meaning), not '\(String(decoding: value, as: UTF8.self))'")
  }

  /// A number above 2 in decimal digits, without sign or leading zeros.
  static func descriptor(_ text: ArraySlice<UInt8>) -> Int32? {
    guard let first = text.first, first != UInt8(ascii: "0"), text.count <= 10 else { return nil }
    var number: Int64 = 0
    for digit in text {
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
      number = number * 10 + Int64(digit - UInt8(ascii: "0"))
    }
    return number > 2 ? Int32(exactly: number) : nil
  }

  /// `all`, or two numbers with a hyphen between them, the lower one first.
  static func range(_ text: [UInt8]) -> ClosedRange<Int32>? {
    if text.elementsEqual("all".utf8) { return 3...Int32.max }
    guard let hyphen = text.firstIndex(of: UInt8(ascii: "-")), let first = descriptor(text[..<hyphen]),
      let last = descriptor(text[(hyphen + 1)...]), first <= last
    else { return nil }
    return first...last
  }

  /// What does not go together.
  var mistake: String? {
    if let status = statusDescriptor, keptDescriptors.contains(status) {
      return "Descriptor \(status) cannot be given to both '--keep-fd' and '--status-fd'"
    }
    if isJSON && !isDryRun { return "'--json' needs '--dry-run'" }
    return nil
  }
}
