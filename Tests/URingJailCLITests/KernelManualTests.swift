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
    #expect(Set(head.dropFirst(3)) == Set(FilterContext.payloads.map(\.operation.name)))
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
      #expect(section.contains("Ruled out by the release from Linux \(hole.closedSince) on.\n"), "\(hole.name)")
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

  /// The two tables of the kernels that each hole was tried on.
  @Test func holesWereSeenWhereTheFactsSaySo() throws {
    let facts = try String(contentsOf: ManualPage.root.appending(path: "docs/kernel-facts.md"), encoding: .utf8)
    let table = facts.split(separator: "\n").filter { $0.hasPrefix("| ") }.map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map { cell in
        cell.trimmingCharacters(in: CharacterSet(charactersIn: " *"))
      }
    }
    let head = try #require(table.first { $0.count > 3 && $0[1] == "hole" })
    let kernels = Array(head[2..<(head.count - 1)])
    #expect(page.rows.first { $0.first == "hole" } == ["hole"] + kernels)
    for hole in KernelHole.all.map(\.name.rawValue) {
      let fact = try #require(table.first { $0[0] == hole }, "\(hole)")
      let answers = fact[2..<(fact.count - 1)].map { $0 == "no such filter" ? "absent" : $0 }
      #expect(page.rows.first { $0.first == hole } == [hole] + answers)
      // What the release rules out was not seen.
      let closedSince = try #require(KernelHole.all.first { $0.name.rawValue == hole }).closedSince
      for (kernel, answer) in zip(kernels, answers) where answer == "open" {
        #expect(try #require(KernelRelease(utsname: kernel)) < closedSince, "\(hole) on \(kernel)")
      }
    }
  }
}
