import ArgumentParser

/// `--json` beside `--format`.
enum JSONOption {
  /// What to say if the two contradict each other.
  static func mistake(_ json: Bool, _ format: String?) -> ValidationError? {
    guard json, let format, format != "json" else { return nil }
    return ValidationError("'--json' and '--format \(format)' exclude each other")
  }
}
