import Foundation
import Testing

/// A finished process.
struct Outcome {
  /// Exit status, or 128 plus the signal that ended it.
  let status: Int32
  let output: String
  let errors: String
}

/// Runs programs as somebody at a shell does.
enum Shell {
  /// The program as the tests were built with it.
  static let program = ManualPage.root.appending(path: ".build/debug/uring-jail").path(percentEncoded: false)

  /// Runs a script, in which `uring-jail` is the program, with nothing on standard input.
  ///
  /// Does not occupy a thread while it waits: there are few, and other tests have time limits.
  static func run(
    _ script: String, in folder: Folder, environment: [String: String] = [:]
  ) async throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = URL(filePath: folder.path)
    // What the caller's terminal is like must not matter.
    var variables = ["PATH": "\(folder.bin):/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder.path, "TERM": "xterm"]
    variables["URING_JAIL_ROOT"] = ManualPage.root.path(percentEncoded: false)
    process.environment = variables.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: nothing to drain, so no program can block on them.
    let output = try folder.outside("output-\(UUID().uuidString)")
    let errors = try folder.outside("errors-\(UUID().uuidString)")
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in ended.resume() }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        ended.resume(throwing: error)
      }
    }
    let signalled = process.terminationReason == .uncaughtSignal
    return Outcome(
      status: process.terminationStatus + (signalled ? 128 : 0),
      output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }

  /// One call of the program. Exit tests take no values with them before Swift 6.3.
  static func call(_ arguments: [String]) async throws -> Outcome {
    let words = arguments.map { "'\($0.replacing("'", with: #"'\''"#))'" }
    return try await run("uring-jail \(words.joined(separator: " "))", in: Folder())
  }

  /// A folder to work in, beside an installed program. Both go away with the value.
  final class Folder {
    private let top: String
    /// Where scripts start.
    var path: String { "\(top)/work" }
    /// Where the program is installed.
    var bin: String { "\(top)/prefix/bin" }
    /// Where its policies are.
    var policies: String { "\(top)/prefix/share/uring-jail/policies" }

    /// `files`: what is in the folder to work in, by name.
    init(_ files: [String: String] = [:]) throws {
      top = FileManager.default.temporaryDirectory.appending(path: "uring-jail-\(UUID().uuidString)")
        .path(percentEncoded: false)
      for folder in [path, bin, policies] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
      // Not a symbolic link: the program finds its policies by where it is.
      do {
        try FileManager.default.linkItem(atPath: Shell.program, toPath: "\(bin)/uring-jail")
      } catch {
        try FileManager.default.copyItem(atPath: Shell.program, toPath: "\(bin)/uring-jail")
      }
      for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)")) }
    }

    deinit { try? FileManager.default.removeItem(atPath: top) }

    /// An empty file that scripts do not see in their folder.
    fileprivate func outside(_ name: String) throws -> URL {
      let file = URL(filePath: "\(top)/\(name)")
      try Data().write(to: file)
      return file
    }
  }
}
