import Kernel
import URingABI

/// Files in memory, and the calls on them as the kernel answers them. Names are looked up here by other code than the
/// one under test: `open` goes a whole path by itself.
final class FakeFiles: SystemCalls {
  final class Node {
    let kind: FileStatus.Kind
    var owner: UInt32 = 0
    var permissions: UInt16
    var links: UInt64 = 1
    var fileSystem = FakeFiles.plain
    /// The mount that it is on cannot be written to.
    var isReadOnly = false
    let inode: UInt64
    var bytes: [UInt8] = []
    /// What fstat(2) says of the size, where that is not the size.
    var claimedSize: Int64?
    /// The text of a symbolic link.
    var text = ""
    /// What a symbolic link leads to in truth, whatever its text.
    var truth: Node?
    /// What is mounted here as soon as somebody asks for a directory.
    var mountedOnDemand: Node?
    var entries: [String: Node] = [:]
    unowned var parent: Node?

    init(_ kind: FileStatus.Kind, permissions: UInt16, inode: UInt64) {
      self.kind = kind
      self.permissions = permissions
      self.inode = inode
    }
  }

  static let plain = FileSystem(rawValue: 0xef53)

  let root = Node(.directory, permissions: 0o755, inode: 2)
  var current = "/"
  var userIDs = UserIDs(real: 0, effective: 0)
  var groupIDs = GroupIDs(real: 0, effective: 0)
  var capabilitySets = CapabilitySets()
  var ambient: UInt64 = 0
  /// AT_SECURE
  var isSecure = false
  var standardInput: Node? {
    didSet { position[0] = 0 }
  }
  /// What happens right before a file is opened for reading.
  var beforeOpen: () -> Void = {}
  /// The call that fails, by its place in the sequence from 0.
  var failure: (index: Int, error: Errno)?
  /// How often read(2) is interrupted before it answers.
  var interruptions = 0
  /// Most bytes that one read(2) gives.
  var longestRead = Int.max
  private(set) var calls: [String] = []
  private(set) var held: [Int32: Node] = [:] {
    didSet { mostHeld = max(mostHeld, held.count) }
  }
  private(set) var mostHeld = 0

  private var position: [Int32: Int] = [:]
  private var lastInode: UInt64 = 2
  private var lastDescriptor: Int32 = 9

  // MARK: What there is

  func node(_ kind: FileStatus.Kind, _ permissions: UInt16, owner: UInt32 = 0) -> Node {
    lastInode += 1
    let node = Node(kind, permissions: permissions, inode: lastInode)
    node.owner = owner
    return node
  }

  /// Puts a node at a path; directories that are missing on the way are root's, 0755.
  @discardableResult
  func put(_ node: Node, at path: String) -> Node {
    let names = path.split(separator: "/").map(String.init)
    var folder = root
    for name in names.dropLast() {
      let next = folder.entries[name] ?? self.node(.directory, 0o755)
      folder.entries[name] = next
      next.parent = next.parent ?? folder
      folder = next
    }
    if let name = names.last { folder.entries[name] = node }
    node.parent = folder
    return node
  }

  @discardableResult
  func directory(_ path: String, _ permissions: UInt16 = 0o755, owner: UInt32 = 0) -> Node {
    put(node(.directory, permissions, owner: owner), at: path)
  }

  @discardableResult
  func file(_ path: String, _ text: String = "policy = 1\n", _ permissions: UInt16 = 0o644, owner: UInt32 = 0) -> Node {
    let file = put(node(.regular, permissions, owner: owner), at: path)
    file.bytes = Array(text.utf8)
    return file
  }

  @discardableResult
  func link(_ path: String, to text: String, owner: UInt32 = 0) -> Node {
    let link = put(node(.symbolicLink, 0o777, owner: owner), at: path)
    link.text = text
    return link
  }

  /// /proc and /dev/fd, with a descriptor of this process that leads to the node.
  func descriptor(_ number: Int, to node: Node) {
    put(self.node(.directory, 0o555), at: "/proc")
    link("/proc/self", to: "no text that anybody should follow")
    let process = directory("/proc/4711", 0o555, owner: userIDs.effective)
    let fd = directory("/proc/4711/fd", 0o500, owner: userIDs.effective)
    let link = link("/proc/4711/fd/\(number)", to: "pipe:[1]", owner: userIDs.effective)
    link.truth = node
    root.entries["proc"]?.entries["self"]?.truth = process
    for part in [root.entries["proc"], root.entries["proc"]?.entries["self"], process, fd, link] {
      part?.fileSystem = .proc
    }
    self.link("/dev/fd", to: "/proc/self/fd")
  }

  // MARK: Looking up

  private func look(up path: String, from start: Node, _ options: PathOptions) throws(Errno) -> Node {
    var links = 0
    return try look(up: path, from: start, options, links: &links)
  }

  private func look(
    up path: String, from start: Node, _ options: PathOptions, links: inout Int
  ) throws(Errno) -> Node {
    var place = path.hasPrefix("/") ? root : start
    let names = path.split(separator: "/").map(String.init).filter { $0 != "." }
    for (index, name) in names.enumerated() {
      let isLast = index == names.count - 1
      guard place.kind == .directory else { throw .notDirectory }
      guard var next = name == ".." ? place.parent ?? root : place.entries[name] else { throw .noSuchFile }
      if next.kind == .symbolicLink, !isLast || options.contains(.followingLink) {
        guard links < 40 else { throw .tooManyLinks }
        links += 1
        if let truth = next.truth {
          next = truth
        } else {
          next = try look(up: next.text, from: place, .followingLink, links: &links)
        }
      }
      if let mounted = next.mountedOnDemand, !isLast || options.contains(.directory) { next = mounted }
      place = next
    }
    if options.contains(.directory) || path.hasSuffix("/"), place.kind != .directory { throw .notDirectory }
    return place
  }

  private func note(_ call: String) throws(Errno) {
    calls.append(call)
    if let failure, failure.index == calls.count - 1 { throw failure.error }
  }

  private func hold(_ node: Node) -> Int32 {
    lastDescriptor += 1
    held[lastDescriptor] = node
    return lastDescriptor
  }

  private func node(_ descriptor: Int32) throws(Errno) -> Node {
    guard let node = descriptor == 0 ? standardInput : held[descriptor] else { throw .badDescriptor }
    return node
  }

  // MARK: Calls

  func open(_ path: FilePath, directory: Bool) throws(Errno) -> Int32 {
    beforeOpen()
    try note("open \(path)")
    guard path.description.utf8.count < 4096 else { throw .nameTooLong }
    guard !path.description.isEmpty else { throw .noSuchFile }
    let start = try look(up: current, from: root, .directory)
    return hold(try look(up: path.description, from: start, .followingLink))
  }

  func openPath(_ path: FilePath, in folder: Int32?, _ options: PathOptions) throws(Errno) -> Int32 {
    try note("openPath \(path)")
    let name = path.description
    precondition(name == "/" || !name.contains("/"), "a path is gone through name by name")
    precondition(!name.isEmpty && name.utf8.count < 4096, "no path that the kernel takes")
    guard name.utf8.count < 256 else { throw .nameTooLong }
    var start = root
    if let folder { start = try node(folder) }
    return hold(try look(up: name, from: start, options))
  }

  func close(_ descriptor: Int32) throws(Errno) {
    // A close that fails has still released the descriptor.
    let wasHeld = held.removeValue(forKey: descriptor) != nil
    try note("close")
    if !wasHeld { throw .badDescriptor }
  }

  func fileStatus(_ descriptor: Int32) throws(Errno) -> FileStatus {
    try note("fileStatus")
    let node = try node(descriptor)
    return FileStatus(
      kind: node.kind, size: node.claimedSize ?? Int64(node.bytes.count), owner: node.owner,
      permissions: node.permissions, links: node.links,
      identity: FileIdentity(device: UInt64(node.fileSystem.rawValue), inode: node.inode))
  }

  func fileSystem(_ descriptor: Int32) throws(Errno) -> FileSystem {
    try note("fileSystem")
    return try node(descriptor).fileSystem
  }

  func isOnReadOnlyMount(_ descriptor: Int32) throws(Errno) -> Bool {
    try note("isOnReadOnlyMount")
    return try node(descriptor).isReadOnly
  }

  func linkTarget(_ descriptor: Int32) throws(Errno) -> [UInt8] {
    try note("linkTarget")
    let node = try node(descriptor)
    guard node.kind == .symbolicLink else { throw .invalid }
    return Array(node.text.utf8)
  }

  func currentDirectory() throws(Errno) -> [UInt8] {
    try note("currentDirectory")
    return Array(current.utf8)
  }

  func read(_ descriptor: Int32, into buffer: inout [UInt8]) throws(Errno) -> Int {
    try note("read")
    if interruptions > 0 {
      interruptions -= 1
      throw .interrupted
    }
    let node = try node(descriptor)
    let rest = node.bytes.dropFirst(position[descriptor, default: 0])
    let part = rest.prefix(min(buffer.count, longestRead))
    buffer.replaceSubrange(..<part.count, with: part)
    position[descriptor, default: 0] += part.count
    return part.count
  }

  func users() throws(Errno) -> UserIDs {
    try note("users")
    return userIDs
  }

  func groups() throws(Errno) -> GroupIDs {
    try note("groups")
    return groupIDs
  }

  func isSecureExecution() -> Bool { isSecure }

  func capabilities() throws(Errno) -> CapabilitySets {
    try note("capabilities")
    return capabilitySets
  }

  func isAmbient(_ capability: UInt8) throws(Errno) -> Bool {
    try note("isAmbient")
    return ambient & 1 << UInt64(capability) != 0
  }

  // MARK: Calls that have nothing to do with files

  func directoryEntries(_ descriptor: Int32, into buffer: inout [UInt8]) throws(Errno) -> Int { throw .noSystemCall }
  func readLink(_ path: String) throws(Errno) -> String { throw .noSystemCall }
  func noNewPrivileges() throws(Errno) -> Bool { throw .noSystemCall }
  func setNoNewPrivileges() throws(Errno) { throw .noSystemCall }
  func kernelRelease() throws(Errno) -> String { throw .noSystemCall }
  func register(
    _ operation: RegisterOperation, _ argument: UnsafeMutableRawPointer?, count: UInt32
  ) throws(Errno) {
    throw .noSystemCall
  }
}
