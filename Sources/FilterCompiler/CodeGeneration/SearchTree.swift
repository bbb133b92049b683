/// How the branch of a loaded value is found: tests of the value against constants, ending at targets.
indirect enum SearchTree<Target: Hashable> {
  case found(Target)
  /// Values from the constant on go to `then`.
  case atLeast(UInt32, then: SearchTree, else: SearchTree)
  /// The value itself goes to `then`.
  case equal(UInt32, then: Target, else: SearchTree)

  /// A run of values with one target. Between runs there are only values that do not occur.
  struct Run: Hashable {
    let first: UInt32
    let last: UInt32
    let target: Target
    var isSingle: Bool { first == last }
  }
}
