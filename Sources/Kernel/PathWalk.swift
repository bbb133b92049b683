/// Follows a path as the kernel does, one name after the other, and stops at the first thing that others could change.
///
/// Each name is looked up in a descriptor of the directory that was checked, and what it leads to is held by a
/// descriptor before it is looked at. So nothing is checked under a name that could mean something else a moment later.
struct PathWalk {
  /// What stands at the end of the path. It was checked, too, if it is something that can be read.
  struct Target {
    /// Where it really is, for messages.
    let path: FilePath
    let status: FileStatus
    /// See `TrustRule.flaw`.
    let isUnnamed: Bool
  }

  enum Obstacle: Error {
    case kernel(KernelError)
    case distrusted(Distrust)
  }

  private typealias Entry = (descriptor: Int32, status: FileStatus)

  /// Symbolic links that one path may go through: MAXSYMLINKS, include/linux/namei.h.
  private static var mostLinks: Int { 40 }

  private let calls: any SystemCalls
  private let rule: TrustRule
  /// The last thing that was reached, which the next name is looked up in, and where it is.
  private var place: Int32?
  private var location = PathLocation()
  /// Names to go through, the next one last.
  private var rest: [[UInt8]]
  private var links = 0
  /// Every descriptor that the walk has open.
  private var held: [Int32] = []

  /// Goes the whole way. No descriptor stays open.
  static func follow(_ path: FilePath, _ calls: any SystemCalls, _ rule: TrustRule) throws(Obstacle) -> Target {
    // The kernel takes no such path, so there is nothing to follow.
    guard path.bytes.count <= FilePath.longest else { throw .kernel(KernelError("open", .nameTooLong)) }
    guard path.bytes.count > 1 else { throw .kernel(KernelError("open", .noSuchFile)) }
    var walk = PathWalk(path, calls, rule)
    defer { walk.release(walk.held) }
    return try walk.run(isAbsolute: path.isAbsolute)
  }

  private init(_ path: FilePath, _ calls: any SystemCalls, _ rule: TrustRule) {
    self.calls = calls
    self.rule = rule
    rest = path.components.reversed()
  }

  private mutating func run(isAbsolute: Bool) throws(Obstacle) -> Target {
    if !isAbsolute {
      let current = FilePath(try attempting("getcwd", calls.currentDirectory))
      // prepend_unreachable(), fs/d_path.c: "(unreachable)" comes before the path.
      guard current.isAbsolute else { throw .distrusted(.unreachableDirectory) }
      rest += current.components.reversed()
    }
    var target = try returnToRoot()
    while let name = rest.popLast() { target = try step(to: name) ?? target }
    return target
  }

  /// What the name leads to, or `nil` if it is a symbolic link, whose names come next.
  private mutating func step(to name: [UInt8]) throws(Obstacle) -> Target? {
    let next = location.appending(name)
    let entry = try open(name, at: next)
    guard entry.status.kind == .symbolicLink else { return try arrive(at: entry, next) }

    try check(entry, at: next)
    links += 1
    guard links <= Self.mostLinks else { throw .kernel(KernelError("open(\(next.path))", .tooManyLinks)) }
    let fileSystem = try attempting("fstatfs(\(next.path))") { () throws(Errno) in
      try calls.fileSystem(entry.descriptor)
    }
    if fileSystem == .proc {
      // Such a link may lead where its text does not, as "pipe:[4026]" does, and nobody but the kernel makes one.
      release([entry.descriptor])
      return try arrive(at: try open(name, at: next, .followingLink), next.jumping())
    }
    let target = try attempting("readlinkat(\(next.path))") { () throws(Errno) in
      try calls.linkTarget(entry.descriptor)
    }
    release([entry.descriptor])
    rest += FilePath(target).components.reversed()
    return FilePath(target).isAbsolute ? try returnToRoot() : nil
  }

  private mutating func returnToRoot() throws(Obstacle) -> Target {
    let root = PathLocation()
    return try arrive(at: try hold(root.path, at: root, .directory), root)
  }

  private mutating func arrive(at entry: Entry, _ next: PathLocation) throws(Obstacle) -> Target {
    let isUnnamed = next.isJump && entry.status.kind == .regular && entry.status.links == 0
    // That the path ends at a directory or a device says more than who may write to it.
    if entry.status.holdsText || !rest.isEmpty { try check(entry, at: next, isUnnamed: isUnnamed) }
    if let place { release([place]) }
    place = entry.descriptor
    location = next
    return Target(path: next.path, status: entry.status, isUnnamed: isUnnamed)
  }

  private func check(_ entry: Entry, at location: PathLocation, isUnnamed: Bool = false) throws(Obstacle) {
    guard let flaw = rule.flaw(of: entry.status, at: location.path, isUnnamed: isUnnamed) else { return }
    if case .writable = flaw, entry.status.kind == .directory {
      let isReadOnly = try attempting("fstatfs(\(location.path))") { () throws(Errno) in
        try calls.isOnReadOnlyMount(entry.descriptor)
      }
      if isReadOnly { return }
    }
    throw .distrusted(flaw)
  }

  // MARK: Descriptors

  private mutating func open(
    _ name: [UInt8], at next: PathLocation, _ options: PathOptions = []
  ) throws(Obstacle) -> Entry {
    if rest.isEmpty { return try hold(FilePath(name), at: next, options) }
    do throws(Obstacle) {
      // Whatever is mounted on demand gets mounted only for who asks for a directory.
      return try hold(FilePath(name), at: next, options.union(.directory))
    } catch {
      guard case .kernel(let cause) = error, cause.errno == .notDirectory else { throw error }
      return try hold(FilePath(name), at: next, options)
    }
  }

  private mutating func hold(
    _ name: FilePath, at next: PathLocation, _ options: PathOptions
  ) throws(Obstacle) -> Entry {
    let descriptor = try attempting("open(\(next.path))") { () throws(Errno) in
      try calls.openPath(name, in: place, options)
    }
    held.append(descriptor)
    let status = try attempting("fstat(\(next.path))") { () throws(Errno) in try calls.fileStatus(descriptor) }
    return (descriptor, status)
  }

  private mutating func release(_ descriptors: [Int32]) {
    // A close that fails has still released the descriptor.
    for descriptor in descriptors { try? calls.close(descriptor) }
    held.removeAll { descriptors.contains($0) }
  }

  private func attempting<Result>(
    _ call: @autoclosure () -> String, _ body: () throws(Errno) -> Result
  ) throws(Obstacle) -> Result {
    do throws(Errno) {
      return try body()
    } catch {
      throw .kernel(KernelError(call(), error))
    }
  }
}

/// A place below the root by the names that lead to it, free of `..` and of symbolic links; for messages.
private struct PathLocation {
  private var names: [[UInt8]] = []
  /// How many of the names stand for what a link of procfs leads to.
  private var jumped = 0

  /// The last name is such a link.
  var isJump: Bool { !names.isEmpty && names.count == jumped }

  var path: FilePath {
    FilePath(names.isEmpty ? [UInt8(ascii: "/")] : names.flatMap { [UInt8(ascii: "/")] + $0 })
  }

  func appending(_ name: [UInt8]) -> PathLocation {
    let parent = Array("..".utf8)
    var result = self
    if name != parent {
      result.names.append(name)
    } else if names.count > jumped, names.last != parent {
      result.names.removeLast()
    } else if jumped > 0 {
      // What is above it has no name that is known.
      result.names.append(name)
    }
    return result
  }

  func jumping() -> PathLocation {
    var result = self
    result.jumped = names.count
    return result
  }
}
