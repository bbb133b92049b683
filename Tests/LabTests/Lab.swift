import Foundation
import Testing

/// The kernel that these tests run on, and the programs that they try on it.
///
/// `Scripts/check` runs them inside `Scripts/lab` with `URING_JAIL_TEST_ABI` set to the release that the kernel must
/// at least be: then nothing is skipped, and a kernel that cannot do it is a failure. Elsewhere, on a kernel without
/// filters, they are skipped and say so.
enum Lab {
  static let environment = ProcessInfo.processInfo.environment

  /// The release that the running kernel must at least have; `nil` where nobody promised one.
  static let requiredABI: String? = environment["URING_JAIL_TEST_ABI"]

  /// True if the tests have to run here.
  static let isExpectedToWork: Bool = requiredABI != nil || kernelHasFilters

  static let howToRun: Comment =
    "this kernel has no io_uring filters; Scripts/check runs these tests on one that has them"

  /// Linux 7.0 or newer, by `uname -r`.
  static var kernelHasFilters: Bool {
    (Int(kernelRelease.prefix { $0 != "." }) ?? 0) >= 7
  }

  static var kernelRelease: String {
    (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8))?
      .trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
  }

  /// The top of the checkout.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path(percentEncoded: false)

  /// The static release binary: the tests try what is shipped.
  static let jail = program("URING_JAIL", ".build/release/uring-jail")
  static let client = program("URING_CLIENT", ".build/release/uring-client")
  /// Tries to get out of a jail.
  static let escapes = program("URING_ESCAPES", ".build/release/uring-escapes")
  /// Makes requests and shows what came to be.
  static let effects = program("URING_EFFECTS", ".build/release/uring-effects")
  /// Makes many requests.
  static let load = program("URING_LOAD", ".build/release/uring-load")
  /// Written in C, and the same in every build.
  static let caller = program("URING_CALLER", ".build/debug/syscall-client")

  /// The program that the variable names, or that of the checkout: a copy of it where the checkout is below a directory
  /// that only its owner may enter, such as /root. Some tests start it as another user.
  private static func program(_ variable: String, _ path: String) -> String {
    if let named = environment[variable] { return named }
    let original = URL(filePath: root + path).resolvingSymlinksInPath()
    if !isBelowPrivateDirectory(original) { return original.path(percentEncoded: false) }
    let copy = copies.appending(path: original.lastPathComponent)
    do {
      try FileManager.default.copyItem(at: original, to: copy)
    } catch {
      return original.path(percentEncoded: false)
    }
    return copy.path(percentEncoded: false)
  }

  private static func isBelowPrivateDirectory(_ file: URL) -> Bool {
    var directory = file.deletingLastPathComponent()
    while directory.path(percentEncoded: false) != "/" {
      let attributes = try? FileManager.default.attributesOfItem(atPath: directory.path(percentEncoded: false))
      guard let mode = attributes?[.posixPermissions] as? Int, mode & 0o001 != 0 else { return true }
      directory.deleteLastPathComponent()
    }
    return false
  }

  /// For the programs; removed when the tests end.
  private static let copies: URL = {
    let folder = FileManager.default.temporaryDirectory.appending(path: "uring-jail-programs-\(getpid())")
    try? FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    atexit {
      try? FileManager.default.removeItem(
        at: FileManager.default.temporaryDirectory.appending(path: "uring-jail-programs-\(getpid())"))
    }
    return folder
  }()
}

/// What is expected of the running kernel, by its release: these are Debian's own kernels, without backported fixes.
extension Lab {
  /// `MAJOR.MINOR.PATCH` of the running kernel.
  static var release: [Int] { release(kernelRelease) }

  /// The first three numbers of a release.
  static func release(_ text: String) -> [Int] {
    text.split(separator: ".").prefix(3).compactMap { Int($0.prefix { $0.isNumber }) }
  }

  /// True if the running kernel is older than a release.
  static func isBefore(_ first: Int...) -> Bool { release.lexicographicallyPrecedes(first) }

  /// True in User-Mode Linux.
  static let isUserMode =
    (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.contains("User Mode Linux") ?? false

  /// True if filters see where a connection goes: from 7.2 on.
  static var showsPeers: Bool { !isBefore(7, 2) }

  /// True if a process that has used a ring leaves its jail by execve(2) (H1): 7.0, and 7.1 before 7.1.8. uring-jail
  /// refuses to run there unless the policy accepts it.
  static var hasExecHole: Bool { isBefore(7, 1, 8) }

  /// The policy as it has to be for a target to start on this kernel: for tests that are about something else.
  static func acceptingExecHole(_ policy: String) -> String {
    if !hasExecHole || policy.contains("holes =") { return policy }
    if policy.contains("[kernel]\n") {
      return policy.replacing("[kernel]\n", with: "[kernel]\nholes = \"accept\"\n")
    }
    return policy + "\n[kernel]\nholes = \"accept\"\n"
  }
}

/// A finished process.
struct Outcome {
  /// Exit status, or 128 plus the signal that ended it.
  let status: Int32
  let output: String
  let errors: String
}

/// Runs a program with a text as its standard input, and waits for it.
func run(
  _ arguments: [String], environment: [String: String] = [:], directory: String? = nil, input: String = ""
) throws -> Outcome {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["--"] + arguments
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  if let directory { process.currentDirectoryURL = URL(filePath: directory) }
  let folder = try TemporaryFolder()
  process.standardInput =
    input.isEmpty ? FileHandle.nullDevice : try FileHandle(forReadingFrom: try folder.create("input", input))
  // Files, not pipes: nothing to drain, so no program can block on them.
  let output = try folder.create("output")
  let errors = try folder.create("errors")
  process.standardOutput = try FileHandle(forWritingTo: output)
  process.standardError = try FileHandle(forWritingTo: errors)
  try process.run()
  process.waitUntilExit()
  let signalled = process.terminationReason == .uncaughtSignal
  return Outcome(
    status: process.terminationStatus + (signalled ? 128 : 0),
    output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
    errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
}

/// A folder that goes away with the value.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "uring-jail-\(UUID().uuidString)")
      .path(percentEncoded: false)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    // Other users run programs on what is in here.
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Policies are written as they have to be for this kernel.
  func create(_ name: String, _ text: String = "", permissions: Int = 0o644) throws -> URL {
    let url = URL(filePath: path).appending(path: name)
    let content = name.hasSuffix(".toml") ? Lab.acceptingExecHole(text) : text
    try Data(content.utf8).write(to: url)
    try FileManager.default.setAttributes(
      [.posixPermissions: permissions], ofItemAtPath: url.path(percentEncoded: false))
    return url
  }
}
