import Foundation
import TestSupport
import Testing

/// The sessions in the documents that need a kernel with filters: `console lab`. Recorded on the kernel of Scripts/lab.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct DocumentTests {
  @Test(arguments: ["README.md", "docs/recipes.md", "docs/compatibility.md"])
  func sessionsPrintWhatTheDocumentShows(_ name: String) async throws {
    let document = Document(try String(contentsOfFile: Lab.root + name, encoding: .utf8))
    let folder = try TemporaryFolder()
    // What the lab starts is started here at once: this is it.
    try FileManager.default.createDirectory(atPath: "\(folder.path)/Scripts", withIntermediateDirectories: false)
    _ = try folder.create("Scripts/lab", "#!/bin/sh\nshift\nexec \"$@\"\n", permissions: 0o755)
    let programs = URL(filePath: Lab.jail).deletingLastPathComponent().path(percentEncoded: false)
    let replay = try await document.replay(withFilters: true) { file, text in
      _ = try folder.create(file, text)
    } run: { script in
      let outcome = try run(
        ["bash", "-c", "exec 2>&1\n\(script)"],
        environment: ["PATH": "\(programs):/usr/sbin:/usr/bin:/sbin:/bin", "TERM": "dumb"], directory: folder.path)
      return (outcome.output, outcome.status)
    }
    if Lab.environment["URING_JAIL_RECORD"] != nil {
      // What is written in the lab is gone at its end, so Scripts/record-documents reads it from here.
      let lines = replay.text.split(separator: "\n", omittingEmptySubsequences: false)
      print(lines.map { "recorded \(name): \($0)" }.joined(separator: "\n"))
      Issue.record("\(name) was recorded; read it, and run the test without recording")
    }
    if Lab.isUserMode { #expect(replay.differences == []) }
    // Other kernels have other holes and numbers; that the commands can be run at all is tried on them as well.
    #expect(name != "README.md" || replay.count > 0)
  }
}
