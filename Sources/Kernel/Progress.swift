private import CLinuxShims

/// Tells somebody who waits at a terminal what takes so long.
package enum Progress {
  /// Does the work, and shows the text with the seconds that passed on standard error from the first second on, if that
  /// is a terminal. The line is gone when the work is done.
  ///
  /// `text`: what is being done, such as "checking web.toml"; without control characters. Of a long one, 63 bytes are
  /// shown. Work inside work shows the outer text.
  package static func during<Result, Failure: Error>(
    _ text: @autoclosure () -> String, _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard Console.controlsCursor(.error) else { return try work() }
    // SAFETY: the text is copied before the call returns.
    let isShown = unsafe text().withCString { unsafe uj_progress_begin($0) } != 0
    defer { if isShown { uj_progress_end() } }
    return try work()
  }
}
