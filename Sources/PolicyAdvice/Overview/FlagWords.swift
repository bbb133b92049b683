import Diagnostics
import Policy
import URingABI

/// Conditions on words of flags, in plain words.
enum FlagWords {
  typealias Statement = PolicyOverview.Statement

  static func statements(_ rules: FlagRules, _ word: FlagWord) -> [Statement] {
    var statements: [Statement] = []
    if !rules.require.isEmpty {
      statements.append(Statement("always with \(names(rules.require, word))", at: rules.require.map(\.span)))
    }
    if let allow = rules.allow {
      let text = allow.isEmpty ? "with no \(noun(word))" : "with no other \(noun(word)) than \(plain(allow))"
      statements.append(Statement(text, at: [rules.span]))
    }
    if !rules.forbid.isEmpty {
      statements.append(Statement("never with \(names(rules.forbid, word))", at: rules.forbid.map(\.span)))
    }
    return statements
  }

  private static func plain(_ flags: [Located<Flag>]) -> String { flags.map(\.value.name).joined(separator: ", ") }

  /// With what they mean where that is known.
  private static func names(_ flags: [Located<Flag>], _ word: FlagWord) -> String {
    let meanings = meanings(word)
    return Words.all(
      flags.map { flag in
        meanings.first { $0.name == flag.value.name }.map { "\($0.name) (\($0.meaning))" } ?? flag.value.name
      })
  }

  private static func noun(_ word: FlagWord) -> String {
    switch word {
    case .requests, .operation: "SQE flag"
    case .openFlags: "flag"
    case .openMode: "permission for new files"
    case .openResolve: "resolve flag"
    }
  }

  private static func meanings(_ word: FlagWord) -> [(name: String, meaning: String)] {
    switch word {
    case .requests, .operation: requestFlags
    case .openFlags: openFlags
    case .openMode: mode
    case .openResolve: resolve
    }
  }

  private static let requestFlags = [
    ("fixed_file", "on registered files"), ("io_drain", "after all earlier requests"),
    ("io_link", "the next one waits for it"), ("io_hardlink", "the next one waits for it, even if it fails"),
    ("async", "by a kernel thread"), ("buffer_select", "into a buffer that was provided before"),
    ("cqe_skip_success", "reported only if it fails"),
  ]

  private static let openFlags = [
    ("creat", "creates the file"), ("excl", "fails if the file exists"), ("trunc", "truncates the file"),
    ("append", "writes at the end"), ("direct", "bypasses the page cache"), ("directory", "directories only"),
    ("tmpfile", "a file without a name"), ("nofollow", "the last part of the path is not a symbolic link"),
    ("path", "names a file and opens nothing"), ("cloexec", "not handed to other programs"),
  ]

  private static let mode = [
    ("setuid", "runs with its owner's rights"), ("setgid", "runs with its group's rights"),
  ]

  private static let resolve = [
    ("no_xdev", "stays in one file system"), ("no_magiclinks", "no links of /proc"),
    ("no_symlinks", "no symbolic links"), ("beneath", "stays below the directory it starts from"),
    ("in_root", "the directory it starts from counts as the root"), ("cached", "only what is in memory"),
  ]
}
