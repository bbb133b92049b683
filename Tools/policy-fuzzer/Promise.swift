/// Ends the process unless a promise of the code holds. A precondition would do so without its words in a release
/// build.
func expect(_ holds: Bool, _ promise: @autoclosure () -> String) {
  if !holds { fatalError("broken promise: \(promise())") }
}
