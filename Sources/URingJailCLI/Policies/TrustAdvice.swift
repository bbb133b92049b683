import Kernel

/// What to do about a policy that is not trusted: something that can be done where it was refused.
struct TrustAdvice {
  private static var acceptance: String { "--accept-untrusted-policy" }
  private static var administrator: String { PolicyFolders.administrator }

  private let calls: any SystemCalls

  init(_ calls: any SystemCalls) {
    self.calls = calls
  }

  func help(for reason: Distrust) -> String {
    switch reason {
    case .writable(let path, let byGroup, let byOthers):
      let rights = [byGroup ? "g-w" : nil, byOthers ? "o-w" : nil].compactMap { $0 }.joined(separator: ",")
      return "remove this permission: chmod \(rights) \(path); or accept the policy with \(Self.acceptance)"
    case .foreign(let path, let owner, let isLink):
      return
        "accept it with \(Self.acceptance) if user \(owner) may decide what the jail allows, as for a checkout in a "
        + "container; or give it to root: chown \(isLink ? "-h " : "")root \(path); or copy the policy to "
        + Self.administrator
    case .nobodys(let path, _, let isLink):
      if !isInUserNamespace {
        return "give it to root: chown \(isLink ? "-h " : "")root \(path); or accept it with \(Self.acceptance)"
      }
      let stream = "pass the policy on standard input: --policy - <FILE"
      let whose = "its owner is not in this user namespace, so it cannot be given to another user here"
      // Below a root directory that is nobody's, no file can be trusted.
      if path.description == "/" { return "\(whose): \(stream); or accept it with \(Self.acceptance)" }
      return
        "\(whose): copy the policy to a file of this namespace's root, such as in \(Self.administrator), or put it "
        + "into the container's image; or \(stream); or accept it with \(Self.acceptance)"
    case .replaced:
      return "start it again while nothing changes the policy; or accept it with \(Self.acceptance)"
    case .unreachableDirectory:
      return "change to a directory below '/', or write the absolute path; or accept the policy with \(Self.acceptance)"
    case .unchecked:
      return "accept it with \(Self.acceptance)"
    }
  }

  /// True unless every user of the machine has its own number here, as in the initial user namespace.
  private var isInUserNamespace: Bool {
    let map = try? FileReader(calls, trust: .notNeeded).read(FilePath("/proc/self/uid_map"), limit: 1 << 16)
    guard let map else { return true }
    // "         0          0 4294967295\n"
    let numbers = String(decoding: map.bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
    return numbers != ["0", "0", "4294967295"]
  }
}
