import Foundation
import Jail
import Testing
import URingABI

/// uring-jail-kernels(7), docs/kernel-facts.md and the tables in the program say the same.
struct KernelManualTests {
  private let page: ManualPage

  init() throws {
    page = try ManualPage("uring-jail-kernels.7")
  }

  private static let releases: [KernelRelease] = {
    let minors = KernelRelease.firstWithFilters.minor...KernelRelease.newestKnown.minor
    return minors.map { KernelRelease(KernelRelease.firstWithFilters.major, $0) }
  }()

  @Test func everyReleaseHasItsNumbers() throws {
    let head = try #require(page.rows.first { $0.first == "release" })
    #expect(Array(head.prefix(3)) == ["release", "operations", "opcodes"])
    #expect(Set(head.dropFirst(3)) == Set(URingABI.Operation.withArguments.map(\.name)))
    for release in Self.releases {
      let row = try #require(page.rows.first { $0.first == "\(release)" }, "\(release)")
      let abilities = KernelAbilities(release: release)
      let sizes = head.dropFirst(3).map { name in
        Operation(name: name).flatMap { abilities.payloadSizes[$0] }.map(String.init) ?? "none"
      }
      #expect(row == ["\(release)", "\(abilities.operationCount)", "\(abilities.registerOperationCount)"] + sizes)
      #expect(page.section(".Ss Linux \(release)") != nil, "\(release)")
    }
    #expect(page.rows.filter { $0[0].first?.isNumber == true }.count == Self.releases.count)
  }

  @Test func everyHoleIsDescribedInTheWordsOfTheProgram() throws {
    for hole in KernelHole.all {
      let section = try #require(page.section(".Ss \(hole.name.rawValue)"), "\(hole.name)")
      #expect(section.hasPrefix(".Em The kernel \(hole.summary) .\n"), "\(hole.name)")
      #expect(section.contains("Corrected in Linux \(hole.corrections).\n"), "\(hole.name)")
      if let advisory = hole.advisory { #expect(section.contains("\(advisory).\n")) }
      #expect(section.contains("Closed ") == !hole.mitigation.takesSomething, "\(hole.name)")
      switch hole.mitigation {
      case .denyExecution: #expect(section.contains(".Ic exec No = Cm \\(dqdeny\\(dq\n"))
      case .filterRegistration: #expect(section.contains(".Xr seccomp 2\n"))
      case .denyPortZero: #expect(section.contains("requests to port 0 are denied."))
      case .maskSocketType: #expect(section.contains("under the mask 0xf."))
      }
    }
    #expect(page.lines.count { $0.hasPrefix(".Ss H") } == KernelHole.all.count)
  }

  /// The table of the manual has a part of the kernels that docs/kernel-facts.md has, and the same answers.
  @Test func holesWereSeenWhereTheFactsSaySo() throws {
    let facts = try String(contentsOf: ManualPage.root.appending(path: "docs/kernel-facts.md"), encoding: .utf8)
    let table = facts.split(separator: "\n").filter { $0.hasPrefix("| ") }.map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map { cell in
        cell.trimmingCharacters(in: CharacterSet(charactersIn: " *"))
      }
    }
    let head = try #require(table.first { $0.count > 3 && $0[1] == "hole" })
    // "7.0.4, 7.0.13", "7.2.6 to 7.2.9"
    let kernels = try head[2..<(head.count - 1)].map { cell in
      try cell.replacing(" to ", with: ", ").split(separator: ", ").map { name in
        try #require(KernelRelease(utsname: String(name)), "\(name)")
      }
    }
    let shown = try #require(page.rows.first { $0.first == "hole" }).dropFirst()
    #expect(shown.count >= 7)
    for hole in KernelHole.all {
      let name = hole.name.rawValue
      let fact = try #require(table.first { $0[0] == name }, "\(name)")
      #expect(fact[1].hasSuffix("(\(hole.advisory ?? ""))"), "\(name)")
      let answers = fact[2..<(fact.count - 1)].map { $0 == "no such filter" ? "absent" : $0 }
      let row = try #require(page.rows.first { $0.first == name })
      #expect(row.count == shown.count + 1)
      for (kernel, answer) in zip(shown, row.dropFirst()) {
        let release = try #require(KernelRelease(utsname: kernel))
        let column = try #require(kernels.firstIndex { $0[0] <= release && release <= $0[$0.count - 1] }, "\(kernel)")
        #expect(answer == answers[column], "\(name) on \(kernel)")
      }
      // What the release rules out was not seen, and what is said to be corrected was.
      for (column, answer) in zip(kernels, answers) where answer == "open" {
        #expect(!column.contains { hole.isRuledOut(by: $0) }, "\(name) on \(column)")
      }
      for release in hole.correctedIn {
        let tried = zip(kernels, answers).filter { $0.0[0].series == release.series && $0.0[$0.0.count - 1] >= release }
        #expect(!tried.isEmpty && tried.allSatisfy { $0.1 == "closed" }, "\(name) on \(release)")
      }
    }
  }
}
