import Policy
import PolicyLanguage
import URingABI

/// One request of the command line, in the language that tests in policies, `explain` and `trace` have for requests,
/// with words of the client's own among its arguments.
enum ClientRequest {
  case submission(SubmissionEntry)
  /// io_uring_register(2) with the ring and no argument.
  case registration(RegisterOperation)

  /// As completions name it.
  var name: String {
    switch self {
    case .submission(let entry): entry.operation.name
    case .registration(let operation): "register \(operation.name)"
    }
  }

  var entry: SubmissionEntry? {
    switch self {
    case .submission(let entry): entry
    case .registration: nil
    }
  }

  /// `text`: `OPERATION [KEY=VALUE...]` or `register OPERATION`
  init(_ text: String) throws(UsageError) {
    var language: [String] = []
    var own: [(key: String, value: String)] = []
    for word in Self.words(of: text) {
      guard let equals = word.firstIndex(of: "=") else {
        language.append(word)
        continue
      }
      let key = String(word[..<equals])
      if SubmissionEntry.ownKeys.contains(key) {
        own.append((key, String(word[word.index(after: equals)...])))
      } else {
        language.append(word)
      }
    }
    switch try Self.request(language) {
    case .registration(let operation):
      if let word = own.first { throw UsageError("'\(word.key)' is no argument of 'register'") }
      self = .registration(operation)
    case .submission(let submission):
      self = .submission(try SubmissionEntry(submission, own))
    }
  }

  /// What the words of the language say. An operation alone needs no argument here: its entry is zeros.
  private static func request(_ words: [String]) throws(UsageError) -> Request {
    if words.count == 1, let operation = Operation(name: words[0]) ?? UInt8(words[0]).map(Operation.init(code:)) {
      return .submission(Submission(operation))
    }
    do throws(RequestText.Failure) {
      return try RequestText.written(words.joined(separator: " "))
    } catch {
      throw UsageError(error)
    }
  }

  /// What stands between blanks; `data=` takes all that follows it.
  private static func words(of text: String) -> [String] {
    var words: [String] = []
    var rest = Substring(text)
    while let start = rest.firstIndex(where: { !isBlank($0) }) {
      rest = rest[start...]
      let takesAll = rest.hasPrefix("data=")
      let end = takesAll ? rest.endIndex : rest.firstIndex(where: isBlank) ?? rest.endIndex
      words.append(String(rest[..<end]))
      rest = rest[end...]
    }
    return words
  }

  private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
}

extension UsageError {
  init(_ failure: RequestText.Failure) {
    self.init(failure.help.map { "\(failure.message); \($0)" } ?? failure.message)
  }
}
