/// Answers about the running kernel that are expensive to get, kept until the next boot in a file of root's.
///
/// The file is believed only if root alone could have written it, which the same rules decide as for policies, and only
/// if it is about this very boot. Anything else about it, and every failure, means that there is no answer: the kernel
/// is asked again. Only root writes it.
package struct BootCache {
  package static var folder: String { "/run/uring-jail" }
  package static var file: String { "/run/uring-jail/holes" }
  private static var bootID: String { "/proc/sys/kernel/random/boot_id" }

  private let calls: any SystemCalls

  package init(_ calls: any SystemCalls) {
    self.calls = calls
  }

  /// What is known of a question: an answer of one word.
  package func answer(to question: String) -> String? {
    guard let boot = bootIdentifier(),
      let contents = try? FileReader(calls, trust: .required(caller: 0)).read(FilePath(Self.file), limit: 1024)
    else { return nil }
    let words = String(decoding: contents.bytes, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
    // "uring-jail 1 BOOT QUESTION ANSWER\n", and nothing else.
    guard words.count == 5, words[0] == "uring-jail", words[1] == "1", words[2] == boot, words[3] == question,
      words[4].last == "\n"
    else { return nil }
    return String(words[4].dropLast())
  }

  /// Keeps an answer, if this process runs as root and the folder is root's alone. Nothing depends on it.
  package func keep(_ answer: String, to question: String) {
    guard let users = try? calls.users(), users.effective == 0, users.real == 0, let boot = bootIdentifier() else {
      return
    }
    try? calls.makeDirectory(FilePath(Self.folder))
    let rule = TrustRule(caller: 0)
    guard let target = try? PathWalk.follow(FilePath(Self.folder), calls, rule), target.status.kind == .directory,
      rule.flaw(of: target.status, at: target.path) == nil
    else { return }
    let temporary = FilePath("\(Self.file).\(boot.prefix(8)).new")
    // One that writes at the same time has the name, and writes the same.
    guard let descriptor = try? calls.create(temporary) else { return }
    let bytes = Array("uring-jail 1 \(boot) \(question) \(answer)\n".utf8)
    let isWhole = (try? calls.write(descriptor, bytes)) == bytes.count
    try? calls.close(descriptor)
    if isWhole { try? calls.rename(temporary, to: FilePath(Self.file)) }
  }

  /// 36 characters, a new one with each boot.
  private func bootIdentifier() -> String? {
    guard let contents = try? FileReader(calls, trust: .notNeeded).read(FilePath(Self.bootID), limit: 64) else {
      return nil
    }
    let text = String(decoding: contents.bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return text.utf8.count == 36 ? text : nil
  }
}
