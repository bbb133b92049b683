import Foundation
import Testing

/// What uname(2) calls a kernel is read in three places: where it may spare a trial, where `--kernel` names a mainline
/// release, and where a kernel without filters must be old enough for what it answers. No launch and no probe concludes
/// anything else from it.
struct KernelNumberTests {
  @Test func numberIsReadWhereItMayDecideAndNowhereElse() throws {
    let sources = ManualPage.root.appending(path: "Sources")
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
    let readers = try (files ?? []).filter { file in
      guard file.pathExtension == "swift" else { return false }
      let text = try String(contentsOf: file, encoding: .utf8)
      return text.contains("KernelRelease(utsname:") || text.contains("KernelRelease.init(utsname:")
    }
    #expect(
      Set(readers.map(\.lastPathComponent))
        == ["FilterSupport.swift", "HoleInspection.swift", "KernelOption.swift"])
  }

  /// `KernelAbilities(release:)` is for looking at a policy without running it. What a launch takes from it is what
  /// every kernel with filters has.
  @Test func launchTakesNoAbilitiesFromANumber() throws {
    for folder in ["Jail", "Kernel", "Discovery"] {
      let sources = ManualPage.root.appending(path: "Sources/\(folder)")
      let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)?
        .compactMap { $0 as? URL }
      for file in files ?? [] where file.pathExtension == "swift" {
        let text = try String(contentsOf: file, encoding: .utf8)
        let uses = text.matches(of: /KernelAbilities\(release: ([^)]*)\)/).map(\.output.1)
        #expect(uses.allSatisfy { $0 == ".firstWithFilters" }, "\(file.lastPathComponent): \(uses)")
      }
    }
  }
}
