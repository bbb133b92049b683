/// Names numbered from 0 in the order in which they came. Two are the same only if every byte is: for `String`, the two
/// spellings of an accented letter would be one name.
///
/// A few names are looked through one by one. A launch runs this: see docs/design/0013-speed-of-a-launch.md.
package struct NameIndex {
  /// How many names are looked through.
  private static let few = 32

  private var names: [String] = []
  /// The numbers of all names, once there are more than a few.
  private var numbers: [[UInt8]: Int] = [:]

  package init() {}

  package var count: Int { names.count }

  package subscript(name: String) -> Int? {
    if names.count > Self.few { return numbers[Array(name.utf8)] }
    return names.firstIndex { $0.hasSameBytes(as: name) }
  }

  /// Gives the next number to a name that has none.
  package mutating func add(_ name: String) {
    names.append(name)
    guard names.count > Self.few else { return }
    for index in numbers.count..<names.count { numbers[Array(names[index].utf8)] = index }
  }
}
