/// Who is told of a launch while it goes on.
package struct LaunchLog {
  /// Something that the caller should know in any case: what is not confined.
  package let warn: (String) -> Void
  /// What was just done; `nil` where nobody listens.
  package let step: ((String) -> Void)?

  package init(warn: @escaping (String) -> Void, step: ((String) -> Void)? = nil) {
    self.warn = warn
    self.step = step
  }
}
