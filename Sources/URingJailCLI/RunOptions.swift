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
  /// Where to tell how it went: none, or one of them.
  package var statusDescriptors: [Int32] = []

  package init() {}

  /// Takes a word that is an option without a value; false if it is none.
  mutating func set(flag word: [UInt8]) -> Bool {
    // The first two bytes keep this short for a word that is a value.
    guard word.count > 1, word[0] == UInt8(ascii: "-") else { return false }
    if word.elementsEqual("--accept-untrusted-policy".utf8) {
      acceptsUntrustedPolicy = true
    } else if word.elementsEqual("-v".utf8) || word.elementsEqual("--verbose".utf8) {
      isVerbose = true
    } else if word.elementsEqual("--dry-run".utf8) {
      isDryRun = true
    } else if word.elementsEqual("--json".utf8) {
      isJSON = true
    } else {
      return false
    }
    return true
  }

  /// Takes an option with its value; false if it is none, or the value is wrong.
  mutating func set(option name: some Sequence<UInt8>, to value: [UInt8]) -> Bool {
    if name.elementsEqual("--keep-fd".utf8) {
      if let descriptor = Self.descriptor(value[...]) {
        keptDescriptors.append(descriptor)
      } else if let range = Self.range(value) {
        keptRanges.append(range)
      } else {
        return false
      }
    } else if name.elementsEqual("--status-fd".utf8), let descriptor = Self.descriptor(value[...]) {
      statusDescriptors.append(descriptor)
    } else {
      return false
    }
    return true
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
    if statusDescriptors.count > 1 { return "'--status-fd' can be given only once" }
    if let status = statusDescriptors.first, keptDescriptors.contains(status) {
      return "Descriptor \(status) cannot be given to both '--keep-fd' and '--status-fd'"
    }
    if isJSON && !isDryRun { return "'--json' needs '--dry-run'" }
    return nil
  }
}
