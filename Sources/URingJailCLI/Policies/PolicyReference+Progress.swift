import Kernel

extension PolicyReference {
  /// Does work on this policy, and says what is being done if it takes long.
  ///
  /// `doing`: such as "checking".
  func during<Result, Failure: Error>(
    _ doing: String, _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // A line about waiting would stand in the way of what is typed.
    if self == .standardInput, Console.isTypedInto { return try work() }
    return try Progress.during("\(doing) \(Report.printable(description))", work)
  }
}
