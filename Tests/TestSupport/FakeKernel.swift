package import BPF
package import Kernel
package import URingABI

/// A kernel in memory: it notes every call, keeps the rules that io_uring_register(2) has for tasks, and fails on
/// demand. What it knows of structures it reads from their bytes, so that a wrong layout does not pass unseen.
package final class FakeKernel: SystemCalls {
  // MARK: What the machine is like

  /// Opcodes it has.
  package var operationCount = 65
  package var hasFilters = true
  /// Bytes of data that filters see.
  package var payloadSizes: [Operation: UInt8] = [.openat: 24, .openat2: 24, .socket: 12, .connect: 24]
  package var release = "7.2.7-test"
  package var noNewPrivilegesIsSet = false
  package var isAdministrator = false
  package var userIDs = UserIDs(real: 1000, effective: 1000)
  package var groupIDs = GroupIDs(real: 1000, effective: 1000)
  /// The file that this process was executed from, where that is known.
  package var program: String?
  /// AT_SECURE
  package var isSecure = false
  /// Bit n for capability n.
  package var ambient: UInt64 = 0
  /// Directories that cannot be written to by the mount that they are on.
  package var readOnly: Set<String> = []
  /// Symbolic links to nothing.
  package var danglingLinks: Set<String> = []
  /// Contents by path. Directories and devices are no files.
  package var files: [String: [UInt8]] = [:]
  package var otherFiles: [String: FileStatus.Kind] = [:]
  /// What fstat(2) says of a file's size where that is not its size when it is read.
  package var claimedSizes: [String: Int64] = [:]
  /// Owners and permissions by path, where they are not root and 0644, or 0755 for directories. The directories are
  /// those that the paths of files go through; there are no symbolic links.
  package var owners: [String: UInt32] = [:]
  package var permissions: [String: UInt16] = [:]
  /// Descriptors above 2 that the process was started with.
  package var inherited: [Int32: Descriptor] = [:]
  /// What execve(2) says to a path; ENOENT to any other.
  package var targets: [String: Target] = [:]
  package var capabilitySets = CapabilitySets()
  /// How many capabilities it has.
  package var capabilityCount: UInt8 = 41
  /// Bit n for capability n.
  package var boundingSet: UInt64 = (1 << 41) - 1
  /// What a child that is waited for ends with; `nil` runs the child's body in a kernel that is like this one.
  package var childStatus: Int32? = 0
  /// execve(2) drops the jail of a task that has a ring.
  package var losesJailOnExecution = false

  package struct Descriptor: Sendable {
    let link: String

    package init(_ link: String) {
      self.link = link
    }
  }

  package enum Target: Sendable {
    case starts
    case fails(Errno)
  }

  // MARK: What happens to the task

  package private(set) var jail = FakeJail()
  package private(set) var calls: [FakeCall] = []
  /// The path that was executed with success.
  package private(set) var started: String?
  package var openDescriptors: Set<Int32> = []
  /// seccomp programs, the newest last.
  package var systemCallFilters: [Program] = []
  /// Descriptors that execve closes.
  package var closing: Set<Int32> = []
  package var hasRing = false
  /// What a program executed by a child of this process would find.
  package var childResult: Int32 = 0
  package var written: [Int32: [UInt8]] = [:]
  package var created: [Int32: String] = [:]
  package var closesRanges = true

  /// Calls that fail instead of doing anything, by name or by their place in the sequence of all calls, from 0.
  package var failures: [FakeCall.Name: Errno] = [:]
  package var failureAt: (index: Int, error: Errno)?
  /// The same for several.
  package var failuresAt: [Int: Errno] = [:]
  /// How often read(2) is interrupted before it answers.
  package var interruptions = 0
  /// Most names one getdents64(2) gives.
  package var namesInAListing = Int.max
  /// Most bytes one read(2) gives.
  package var longestRead = Int.max

  private var contents: [Int32: ArraySlice<UInt8>] = [:]
  private var statuses: [Int32: FileStatus] = [:]
  /// Paths of descriptors that stand for files.
  private var paths: [Int32: String] = [:]
  private var listed = 0
  private var folders: Set<Int32> = []
  /// What is mounted at /proc is procfs.
  package var procIsThere = true
  package var nextDescriptor: Int32 = 100

  package init() {}

  /// The error of a call that did what it should and, had it been real, would not have come back.
  package static let didNotReturn = Errno(0)

  package func note(_ call: FakeCall) throws(Errno) {
    let index = calls.count
    calls.append(call)
    if let failureAt, failureAt.index == index { throw failureAt.error }
    if let error = failuresAt[index] { throw error }
    if let error = failures[call.name] { throw error }
  }

  // MARK: Files

  package func open(_ path: FilePath, directory: Bool) throws(Errno) -> Int32 {
    let name = path.description
    try note(.open(name))
    let descriptor = nextDescriptor
    if directory {
      guard name == "/proc/self/fd" else { throw .notDirectory }
      listed = 0
      folders.insert(descriptor)
    } else if let bytes = files[name] {
      contents[descriptor] = bytes[...]
      statuses[descriptor] = status(of: name, .regular, size: claimedSizes[name] ?? Int64(bytes.count))
    } else if let kind = otherFiles[name] {
      contents[descriptor] = []
      statuses[descriptor] = status(of: name, kind)
    } else {
      throw .noSuchFile
    }
    nextDescriptor += 1
    openDescriptors.insert(descriptor)
    return descriptor
  }

  package func openPath(_ path: FilePath, in folder: Int32?, _ options: PathOptions) throws(Errno) -> Int32 {
    try note(.openPath(path.description))
    let above = folder.flatMap { paths[$0] } ?? ""
    let name = path.description == "/" ? "" : above + "/" + path.description
    let isFolder = (Array(files.keys) + otherFiles.keys).contains { $0.hasPrefix(name + "/") }
    var kind: FileStatus.Kind? =
      name.isEmpty || isFolder ? .directory : files[name] == nil ? otherFiles[name] : .regular
    if danglingLinks.contains(name), !options.contains(.followingLink) { kind = .symbolicLink }
    guard let kind else { throw .noSuchFile }
    if options.contains(.directory), kind != .directory { throw .notDirectory }
    let descriptor = nextDescriptor
    paths[descriptor] = name
    statuses[descriptor] = status(of: name.isEmpty ? "/" : name, kind)
    nextDescriptor += 1
    openDescriptors.insert(descriptor)
    return descriptor
  }

  private func status(of path: String, _ kind: FileStatus.Kind, size: Int64 = 0) -> FileStatus {
    FileStatus(
      kind: kind, size: size, owner: owners[path] ?? 0,
      permissions: permissions[path] ?? (kind == .directory ? 0o755 : 0o644), links: 1,
      identity: FileIdentity(device: 1, inode: UInt64(path.utf8.reduce(7) { $0 &* 31 &+ UInt32($1) })))
  }

  package func fileSystem(_ descriptor: Int32) throws(Errno) -> FileSystem {
    try note(.fileSystem)
    return FileSystem(rawValue: folders.contains(descriptor) && procIsThere ? 0x9fa0 : 0xef53)
  }

  package func isOnReadOnlyMount(_ descriptor: Int32) throws(Errno) -> Bool {
    try note(.mountFlags)
    return readOnly.contains(paths[descriptor] ?? "")
  }

  package func linkTarget(_ descriptor: Int32) throws(Errno) -> [UInt8] {
    try note(.linkTarget)
    throw .invalid
  }

  package func currentDirectory() throws(Errno) -> [UInt8] {
    try note(.currentDirectory)
    return Array("/".utf8)
  }

  package func close(_ descriptor: Int32) throws(Errno) {
    // A close that fails has still released the descriptor.
    let wasOpen = openDescriptors.remove(descriptor) != nil
    try note(.close)
    if !wasOpen { throw .badDescriptor }
  }

  package func fileStatus(_ descriptor: Int32) throws(Errno) -> FileStatus {
    try note(.fileStatus)
    guard let status = statuses[descriptor] else { throw .badDescriptor }
    return status
  }

  package func read(_ descriptor: Int32, into buffer: inout [UInt8]) throws(Errno) -> Int {
    try note(.read)
    if interruptions > 0 {
      interruptions -= 1
      throw .interrupted
    }
    guard let rest = contents[descriptor] else { throw .badDescriptor }
    let part = rest.prefix(min(buffer.count, longestRead))
    buffer.replaceSubrange(..<part.count, with: part)
    contents[descriptor] = rest.dropFirst(part.count)
    return part.count
  }

  // MARK: Descriptors

  package func directoryEntries(_ descriptor: Int32) throws(Errno) -> [UInt8] {
    try note(.directoryEntries)
    let names = [".", "..", "0", "1", "2"] + inherited.keys.sorted().map { "\($0)" } + ["\(descriptor)"]
    let page = names.dropFirst(listed).prefix(namesInAListing)
    listed += page.count
    return page.flatMap { FakeCall.directoryEntry($0) }
  }

  package func readLink(_ path: String) throws(Errno) -> String {
    try note(.readLink(path))
    if path == "/proc/self/exe", let program { return program }
    guard let number = path.split(separator: "/").last.flatMap({ Int32($0) }) else { throw .noSuchFile }
    if let descriptor = inherited[number] { return descriptor.link }
    if (0...2).contains(number) { return "/dev/null" }
    throw .noSuchFile
  }

  // MARK: Privilege and machine

  package func users() throws(Errno) -> UserIDs {
    try note(.users)
    return userIDs
  }

  package func groups() throws(Errno) -> GroupIDs {
    try note(.groups)
    return groupIDs
  }

  package func isSecureExecution() -> Bool { isSecure }

  package func noNewPrivileges() throws(Errno) -> Bool {
    try note(.getNoNewPrivileges)
    return noNewPrivilegesIsSet
  }

  package func setNoNewPrivileges() throws(Errno) {
    try note(.setNoNewPrivileges)
    noNewPrivilegesIsSet = true
  }

  package func hasSystemAdministrationCapability() throws(Errno) -> Bool {
    try note(.capabilities)
    return isAdministrator
  }

  package func kernelRelease() throws(Errno) -> String {
    try note(.uname)
    return release
  }

  // MARK: io_uring

  package func register(
    _ operation: RegisterOperation, _ argument: UnsafeMutableRawPointer?, count: UInt32
  ) throws(Errno) {
    if operation == .restrictions, count == 0 {
      // Invalid, before anything is asked about the task.
      try note(.restrict([]))
      throw .invalid
    }
    // SAFETY: the caller's structures are live and have the sizes that the kernel reads, which is what is tested.
    let request = try unsafe RegisterRequest(operation, argument, count: count)
    try note(request.call)
    try passFilters(number: 427, arguments: [UInt64(UInt32.max), UInt64(operation.code)])
    guard hasFilters else { throw .invalid }
    if case .query = request {
      unsafe argument.map { unsafe RegisterRequest.answer(query: $0, operationCount: operationCount) }
      return
    }
    guard noNewPrivilegesIsSet || isAdministrator else { throw .accessDenied }
    if case .askPayloadSize(let operation) = request {
      unsafe argument.map { unsafe RegisterRequest.answer(payloadSize: payloadSizes[operation] ?? 0, $0) }
      throw .messageSize
    }
    try jail.apply(request, operationCount: operationCount)
  }

  /// What a parent's jail registered before this process was started.
  package func startInside(_ outer: FakeJail) {
    jail = outer
  }

  package func execute(
    _ path: FilePath, _ arguments: ArgumentVector, _ marker: ExecutionMarker?
  ) throws(Errno) -> Never {
    try note(.execute(path.description, arguments.allBytes.map { String(decoding: $0, as: UTF8.self) }))
    try passFilters(number: Self.execve, arguments: [1, 2, 3, 0, marker?.fifth ?? 0, marker?.sixth ?? 0])
    switch targets[path.description] {
    case .starts?:
      started = path.description
      throw Self.didNotReturn
    case .fails(let error)?: throw error
    case nil: throw .noSuchFile
    }
  }
}
