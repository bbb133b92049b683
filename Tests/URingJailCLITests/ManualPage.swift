import Foundation

/// The source of a page in man/, taken apart as far as tests need it.
struct ManualPage {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// File names of all pages.
  static func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "man").path(percentEncoded: false))
      .sorted()
  }

  let text: String

  init(_ name: String) throws {
    text = try String(contentsOf: Self.root.appending(path: "man/\(name)"), encoding: .utf8)
  }

  var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

  /// What stands between `.Bd -literal` and `.Ed`, as a reader sees it.
  var displays: [String] {
    var displays: [String] = []
    var display: String?
    for line in lines {
      if line.hasPrefix(".Bd -literal") {
        display = ""
      } else if line == ".Ed", let text = display {
        displays.append(text)
        display = nil
      } else {
        display?.append(Self.plain(line) + "\n")
      }
    }
    return displays
  }

  /// The rows of tables: `.It a Ta b`.
  var rows: [[String]] {
    lines.filter { $0.hasPrefix(".It ") && $0.contains(" Ta ") }.map { line in
      line.dropFirst(4).components(separatedBy: " Ta ").map { $0.hasPrefix("Sy ") ? String($0.dropFirst(3)) : $0 }
    }
  }

  /// The lines below a heading, up to the next one of the same or a higher kind.
  func section(_ heading: String) -> String? {
    guard let start = lines.firstIndex(of: heading) else { return nil }
    let isSubsection = heading.hasPrefix(".Ss")
    return lines[(start + 1)...].prefix { !$0.hasPrefix(".Sh ") && !(isSubsection && $0.hasPrefix(".Ss ")) }
      .joined(separator: "\n")
  }

  /// The pages that it names, such as `uring-jail.1`.
  var references: [String] {
    lines.filter { $0.contains("Xr ") }.flatMap { line in
      line.components(separatedBy: "Xr ").dropFirst().map {
        $0.split(separator: " ").prefix(2).joined(separator: ".")
      }
    }
  }

  private static func plain(_ line: String) -> String {
    line.replacing("\\&", with: "").replacing("\\-", with: "-")
  }
}
