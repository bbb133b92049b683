import Foundation

/// A folder in /tmp that is removed when it is no longer used. What is made in it belongs to who runs the tests, and
/// nobody else can write to it until a test says so.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = "/tmp/uring-jail-tests-\(UUID().uuidString)"
    try directory("")
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of something in the folder.
  func callAsFunction(_ name: String) -> String { name.isEmpty ? path : "\(path)/\(name)" }

  @discardableResult
  func directory(_ name: String, _ permissions: Int = 0o755) throws -> String {
    try FileManager.default.createDirectory(atPath: self(name), withIntermediateDirectories: false)
    return try allow(name, permissions)
  }

  @discardableResult
  func file(_ name: String, _ text: String, _ permissions: Int = 0o644) throws -> String {
    try Data(text.utf8).write(to: URL(filePath: self(name)))
    return try allow(name, permissions)
  }

  @discardableResult
  func link(_ name: String, to text: String) throws -> String {
    try FileManager.default.createSymbolicLink(atPath: self(name), withDestinationPath: text)
    return self(name)
  }

  @discardableResult
  func pipe(_ name: String, _ permissions: Int = 0o644) throws -> String {
    try Command.run("mkfifo", self(name))
    return try allow(name, permissions)
  }

  /// chmod(2), which the mask for new files does not change.
  @discardableResult
  func allow(_ name: String, _ permissions: Int) throws -> String {
    try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: self(name))
    return self(name)
  }

  /// Gives it, and not what it leads to, to another user.
  func give(_ name: String, to user: Int) throws {
    try Command.run("chown", "-h", "\(user)", self(name))
  }
}

enum Command {
  struct Failure: Error {
    let command: [String]
  }

  /// Runs a program to its end.
  static func run(_ command: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(command: command) }
  }
}
