import Kernel

/// What becomes of the threads that are followed.
enum TaskState {
  /// False for one that is gone, and for one that has ended and waits to be asked how: who should ask may never do so.
  static func isRunning(_ task: Int32, _ files: some TraceFiles) -> Bool {
    // The name of the program, in parentheses, may have anything in it.
    guard let text = try? files.text(of: "/proc/\(task)/stat"), let end = text.lastIndex(of: ")") else { return false }
    return !text[end...].hasPrefix(") Z") && !text[end...].hasPrefix(") X")
  }
}
