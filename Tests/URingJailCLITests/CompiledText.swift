import Diagnostics
import Foundation
import Policy
import TestSupport
import Testing
import URingABI

@testable import FilterCompiler
@testable import URingJailCLI

/// Policies compiled as `compile` does, from texts in memory.
enum CompiledText {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func example(_ name: String) throws -> String {
    try String(contentsOf: root.appending(path: "examples/\(name).toml"), encoding: .utf8)
  }

  /// Reads files by their names, which need a slash; those in `policies` are named on the command line.
  static func set(_ files: [String: [UInt8]], policies: [String]) throws -> PolicySet {
    let kernel = FakeKernel()
    kernel.files = files
    let set = try PolicySet.load(
      policies.map { PolicyReference(option: Array($0.utf8)) }, trust: .accept, calls: kernel)
    #expect(set.diagnostics.hasErrors == false)
    return set
  }

  static func compilation(
    _ text: String, named name: String = "./policy.toml", for release: KernelRelease = KernelRelease(7, 2),
    filtersOnly: Bool = false, only: URingABI.Operation? = nil
  ) throws -> Compilation {
    try compilation(
      [name: Array(text.utf8)], policies: [name], for: release, filtersOnly: filtersOnly, only: only)
  }

  static func compilation(
    _ files: [String: [UInt8]], policies: [String], for release: KernelRelease = KernelRelease(7, 2),
    filtersOnly: Bool = false, only: URingABI.Operation? = nil
  ) throws -> Compilation {
    let set = try set(files, policies: policies)
    return try Compilation(
      set, named: policies, set.combined, for: target(release), filtersOnly: filtersOnly, only: only)
  }

  static func target(_ release: KernelRelease) -> KernelOption.Target {
    KernelOption.Target(abilities: KernelAbilities(release: release), name: "Linux \(release)")
  }
}
