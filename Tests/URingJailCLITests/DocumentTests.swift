import Diagnostics
import Foundation
import Kernel
import TestSupport
import Testing

@testable import URingJailCLI

/// What the documents show is what the program prints. Sessions that need a kernel with filters are run by LabTests.
struct DocumentTests {
  static let names = ["README.md", "SECURITY.md", "docs/recipes.md", "docs/compatibility.md"]

  private func document(_ name: String) throws -> Document {
    Document(try String(contentsOf: ManualPage.root.appending(path: name), encoding: .utf8))
  }

  /// Recorded anew with `URING_JAIL_RECORD=1` (Scripts/record-documents); a run that records fails.
  @Test(arguments: names)
  func sessionsPrintWhatTheDocumentShows(_ name: String) async throws {
    let folder = try Shell.Folder()
    try FileManager.default.createSymbolicLink(
      at: URL(filePath: "\(folder.path)/examples"), withDestinationURL: ManualPage.root.appending(path: "examples"))
    let replay = try await document(name).replay(withFilters: false) { file, text in
      let place = URL(filePath: "\(folder.path)/\(file)")
      try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: place)
    } run: { script in
      let outcome = try await Shell.run("exec 2>&1\n\(script)", in: folder)
      return (outcome.output, outcome.status)
    }
    if ProcessInfo.processInfo.environment["URING_JAIL_RECORD"] != nil {
      try Data(replay.text.utf8).write(to: ManualPage.root.appending(path: name))
      Issue.record("\(name) was recorded; read it, and run the test without recording")
    }
    for difference in replay.differences { Issue.record("\(name), \(difference)") }
  }

  @Test func somethingIsTried() throws {
    let count = try Self.names.map { try document($0) }.reduce(0) { count, document in
      count + document.blocks.filter(\.isSession).reduce(0) { $0 + document.commands(of: $1).count }
    }
    #expect(count >= 10)
  }

  @Test(arguments: names)
  func nothingIsShownThatIsNotTried(_ name: String) throws {
    #expect(try document(name).untriedLines == [])
  }

  /// Policies that are not files of a session, and command lines in units, containers and scripts.
  @Test(arguments: names)
  func everythingElseThatIsToBeCopiedIsRight(_ name: String) throws {
    let document = try document(name)
    for block in document.blocks where !block.isSession {
      let text = document.text(of: block)
      // Those with a name are tried by what is done with them.
      if block.info == ["toml"], text.contains("policy = 1\n") {
        let errors = ReadPolicy(whole: text).diagnostics.filter { $0.severity == .error }
        #expect(errors == [], "\(text)")
      }
      for line in block.info.first == "toml" ? [] : CommandLineText.all(in: text) {
        #expect(CommandLines.complaint(Array(line.dropFirst())) == nil, "\(line)")
      }
    }
  }

  @Test func linksLeadSomewhere() throws {
    for name in Self.names {
      let text = try document(name).lines.joined(separator: "\n")
      for match in text.matches(of: /\]\(([^)#:]+)(#[^)]*)?\)/) {
        let place = ManualPage.root.appending(path: name).deletingLastPathComponent().appending(path: String(match.1))
        #expect(FileManager.default.fileExists(atPath: place.path(percentEncoded: false)), "\(name): \(match.1)")
      }
    }
  }
}

/// Command lines of uring-jail in a text of another kind.
enum CommandLineText {
  /// Each with the program's name at index 0.
  static func all(in text: String) -> [[String]] {
    text.replacing("\\\n", with: " ").split(separator: "\n").compactMap { line in
      // Quotes and commas are those of lists in JSON or YAML.
      let words = line.components(separatedBy: CharacterSet(charactersIn: " \t=\"',[]")).filter { !$0.isEmpty }
      let comment = line.drop { $0 == " " }.hasPrefix("#")
      guard !comment, let start = words.firstIndex(where: { $0 == "uring-jail" || $0.hasSuffix("/uring-jail") }) else {
        return nil
      }
      // A file that is copied or mounted is named, and not called.
      let call = Array(words[start...])
      let isCall =
        call.contains("--policy") || Subcommand.allCases.contains { call.dropFirst().first == $0.name.description }
      // What follows in the line for a shell is another command.
      return isCall ? Array(call.prefix { !["|", "&&", ";", ">"].contains($0) }) : nil
    }
  }
}
