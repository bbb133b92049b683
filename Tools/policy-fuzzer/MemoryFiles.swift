import Policy
import PolicyLanguage

/// The files that an input is made of, and a few that are always there.
struct MemoryFiles: PolicyFiles {
  /// Parts of an input are parted by a line with nothing else in it, which no TOML has.
  private static let separator = Array("\n---\n".utf8)

  /// Always there, below the same folder as the parts of the input.
  private static let constant: [(name: String, text: String)] = [
    (
      "base.toml",
      """
      policy = 1
      description = "a base"
      [operations]
      allow = ["@basic", "openat2", "socket", "connect"]
      flags = { forbid = ["io_drain"] }
      [connect]
      deny = [{ to = "link-local" }]
      [groups]
      base = ["read", "write"]
      """
    ),
    ("cycle.toml", "policy = 1\ninclude = \"cycle.toml\"\n"),
    ("pair.toml", "policy = 1\ninclude = [\"base.toml\", \"1.toml\"]\n"),
    ("broken.toml", "policy = = 1\n"),
  ]

  private let parts: [[UInt8]]

  init(_ input: [UInt8]) {
    var parts: [[UInt8]] = []
    var start = 0
    var index = 0
    while index + Self.separator.count <= input.count {
      if input[index..<index + Self.separator.count].elementsEqual(Self.separator) {
        parts.append(Array(input[start...index]))
        start = index + Self.separator.count
        index = start
      } else {
        index += 1
      }
    }
    parts.append(Array(input[start...]))
    self.parts = parts
  }

  /// The policy that includes the others.
  var root: PolicyText { text(0, name: "root.toml", parts[0]) }

  func read(_ path: [UInt8]) throws(PolicyFileFailure) -> PolicyText {
    let path = String(decoding: path, as: UTF8.self)
    // A stream is read anew by each that includes it.
    if path == "/p/stream" {
      return PolicyText(name: path, bytes: Array("policy = 1\ninclude = \"stream\"".utf8), folder: nil, identity: nil)
    }
    for (number, part) in parts.enumerated() where path == "/p/\(number).toml" {
      return text(number, name: path, part)
    }
    for (number, file) in Self.constant.enumerated() where path == "/p/" + file.name {
      return text(parts.count + number, name: path, Array(file.text.utf8))
    }
    throw PolicyFileFailure("no such file", help: "check the path")
  }

  private func text(_ number: Int, name: String, _ bytes: [UInt8]) -> PolicyText {
    PolicyText(
      name: name, bytes: bytes, folder: Array("/p".utf8),
      identity: PolicyText.Identity(device: 0, inode: UInt64(number)),
      distrust: bytes.first == UInt8(ascii: "#") ? "others can change this file" : nil)
  }
}
