import Kernel
import Testing

/// Every combination of who calls, whose a thing is, what its permissions are, how it is mounted and what it is, held
/// against the rules as the design note has them, in other words than the code.
struct TrustEnumerationTests {
  private static let callers: [UInt32] = [0, 1000, 65534, 60001]
  private static let owners: [UInt32] = [0, 1000, 1001, 65534, 60001]
  /// Each right to write by itself and with the others, and the sticky bit.
  private static let permissions: [UInt16] = [0o755, 0o775, 0o757, 0o777, 0o1755, 0o1775, 0o1777, 0o700, 0o222]
  /// The number of the overflow user: the usual one, and another.
  private static let nobodies: [UInt32] = [65534, 60001]

  private enum Kind: CaseIterable {
    case file
    case directory
    case link
    /// The directory that a link leads to.
    case linkedDirectory
    case pipe
    /// A deleted file, by a descriptor.
    case unnamed
  }

  /// One thing on the way to a policy, everything else being root's and closed.
  private struct Case {
    let caller: UInt32
    let nobody: UInt32
    let owner: UInt32
    let permissions: UInt16
    let isReadOnly: Bool
    let kind: Kind

    var isTrusted: Bool {
      if owner == 65534 || owner == nobody { return false }
      if owner != 0, owner != caller { return false }
      switch kind {
      case .link, .unnamed: return true
      case .directory, .linkedDirectory: return permissions & 0o22 == 0 || permissions & 0o1000 != 0 || isReadOnly
      case .file, .pipe: return permissions & 0o22 == 0
      }
    }

    func read() -> Outcome {
      let files = FakeFiles()
      let text = "policy = 1\n"
      var thing: FakeFiles.Node?
      var path = "/srv/a/web.toml"
      files.file("/srv/a/web.toml", text)
      switch kind {
      case .file: thing = files.root.entries["srv"]?.entries["a"]?.entries["web.toml"]
      case .directory: thing = files.root.entries["srv"]?.entries["a"]
      case .link:
        thing = files.link("/srv/link.toml", to: "a/web.toml")
        path = "/srv/link.toml"
      case .linkedDirectory:
        thing = files.root.entries["srv"]?.entries["a"]
        files.link("/etc/policies", to: "/srv/a")
        path = "/etc/policies/web.toml"
      case .pipe, .unnamed:
        let node = files.node(kind == .pipe ? .pipe : .regular, 0o600)
        node.bytes = Array(text.utf8)
        node.links = kind == .pipe ? 1 : 0
        files.userIDs = UserIDs(real: 0, effective: 0)
        files.descriptor(63, to: node)
        path = "/dev/fd/63"
        thing = node
      }
      thing?.owner = owner
      thing?.permissions = permissions
      thing?.isReadOnly = isReadOnly
      return Outcome.of(path, files, .required(caller: caller, nobody: nobody))
    }
  }

  @Test func everyCombinationIsDecidedByTheRules() {
    var (trusted, refused) = (0, 0)
    for caller in Self.callers {
      for nobody in Self.nobodies {
        for owner in Self.owners {
          for permissions in Self.permissions {
            for isReadOnly in [false, true] {
              for kind in Kind.allCases {
                let each = Case(
                  caller: caller, nobody: nobody, owner: owner, permissions: permissions, isReadOnly: isReadOnly,
                  kind: kind)
                let outcome = each.read()
                if each.isTrusted {
                  trusted += 1
                  #expect(outcome == .text("policy = 1\n"), "\(each)")
                } else if case .refused = outcome {
                  refused += 1
                } else {
                  Issue.record("\(each): \(outcome)")
                }
              }
            }
          }
        }
      }
    }
    #expect(trusted > 800 && refused > 1000, "\(trusted) trusted, \(refused) refused")
  }

  @Test func nobodyIsNamedAsWhatItIs() {
    let files = FakeFiles()
    files.file("/etc/web.toml", owner: 65534)
    for caller in [0, 65534] as [UInt32] {
      let outcome = Outcome.of("/etc/web.toml", files, .required(caller: caller))
      #expect(outcome == .refused("'/etc/web.toml' belongs to the overflow user 'nobody' (user 65534)"))
    }
    files.link("/etc/link.toml", to: "web.toml", owner: 60001)
    #expect(
      Outcome.of("/etc/link.toml", files, .required(caller: 60001, nobody: 60001))
        == .refused("the symbolic link '/etc/link.toml' belongs to the overflow user 'nobody' (user 60001)"))
  }

  /// A volume as Kubernetes mounts it.
  @Test func configMapIsRead() {
    let files = FakeFiles()
    let text = "policy = 1\n"
    let volume = files.directory("/etc/uring-jail", 0o777)
    let data = files.directory("/etc/uring-jail/..2026_11_27")
    let file = files.file("/etc/uring-jail/..2026_11_27/web.toml", text)
    files.link("/etc/uring-jail/..data", to: "..2026_11_27")
    files.link("/etc/uring-jail/web.toml", to: "..data/web.toml")
    let path = "/etc/uring-jail/web.toml"
    #expect(Outcome.of(path, files) == .refused("'/etc/uring-jail' is writable by group and others"))
    for node in [volume, data, file] { node.isReadOnly = true }
    #expect(Outcome.of(path, files) == .text(text))
    file.permissions = 0o666
    #expect(
      Outcome.of(path, files)
        == .refused("'/etc/uring-jail/..2026_11_27/web.toml' is writable by group and others"))
    file.permissions = 0o644
    volume.owner = 1000
    #expect(Outcome.of(path, files) == .refused("'/etc/uring-jail' belongs to user 1000"))
  }

  @Test func mountIsAskedAboutOnlyWhereItMatters() {
    let files = FakeFiles()
    files.file("/etc/web.toml")
    _ = Outcome.of("/etc/web.toml", files)
    #expect(!files.calls.contains("isOnReadOnlyMount"))
    files.root.entries["etc"]?.permissions = 0o777
    files.root.entries["etc"]?.isReadOnly = true
    let calls = files.calls.count
    #expect(Outcome.of("/etc/web.toml", files) == .text("policy = 1\n"))
    #expect(files.calls.dropFirst(calls).count { $0 == "isOnReadOnlyMount" } == 1)
    let asked = files.calls.dropFirst(calls).firstIndex(of: "isOnReadOnlyMount")
    files.failure = (files.calls.count + (asked ?? 0) - calls, .noMemory)
    #expect(Outcome.of("/etc/web.toml", files) == .failed("fstatfs(/etc): ENOMEM"))
  }
}
