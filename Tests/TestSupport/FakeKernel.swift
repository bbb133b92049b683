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
  /// It has IORING_REGISTER_QUERY.
  package var answersQueries = true
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
  /// Standard streams that are closed.
  package var closedStreams: Set<Int32> = []
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
  /// What a seccomp filter would see of each of them.
  package private(set) var wordsOfCalls: [String] = []
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
  /// Whether a call, by its place in the sequence and what a seccomp filter sees of it, is answered with success and not
  /// made.
  package var pretends: (Int, String) -> Bool = { _, _ in false }
  /// What io_uring_enter(2) says where something forbids it.
  package var entering: Errno?
  /// Some seccomp filter sees the calls of this process.
  package var isFiltered = false
  /// What io_uring_register(2) says on a kernel without filters: nothing where it has an opcode less.
  package var registerOperationCount: UInt32 = 38
  /// security.capability by path.
  package var fileCapabilities: [String: FileCapabilities] = [:]
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
  /// And /proc/self is this process.
  package var procIsOfThisProcess = true
  package var nextDescriptor: Int32 = 100

  package init() {}

  /// The error of a call that did what it should and, had it been real, would not have come back.
  package static let didNotReturn = Errno(0)

  /// A call is about to be made: false if something answers it with success instead, and it is not made.
  ///
  /// `words`: what a seccomp filter sees of it.
  package func note(_ call: FakeCall, _ words: String? = nil) throws(Errno) -> Bool {
    let index = calls.count
    calls.append(call)
    wordsOfCalls.append(words ?? call.words)
    if let failureAt, failureAt.index == index { throw failureAt.error }
    if let error = failuresAt[index] { throw error }
    if let error = failures[call.name] { throw error }
    return !pretends(index, words ?? call.words)
  }

  // MARK: Files

  package func open(_ path: FilePath, directory: Bool) throws(Errno) -> Int32 {
    let name = path.description
    guard try note(.open(name)) else { throw .pretended }
    let descriptor = nextDescriptor
    if directory {
      guard name == "/proc/self/fd" else { throw .notDirectory }
      listed = 0
      folders.insert(descriptor)
      statuses[descriptor] = status(of: name, .directory)
    } else if name == "/proc/self/status", procIsThere, files[name] == nil {
      contents[descriptor] = Array(statusText.utf8)[...]
      statuses[descriptor] = status(of: name, .regular)
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
    guard try note(.openPath(path.description)) else { throw .pretended }
    if path.description.hasPrefix("/proc/self/fd/"), options.contains(.followingLink) {
      return try openThrough(path.description)
    }
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

  /// What a link of /proc/self/fd leads to; here, only to the folder itself.
  private func openThrough(_ link: String) throws(Errno) -> Int32 {
    guard let number = Int32(link.dropFirst("/proc/self/fd/".count)), let status = statuses[number],
      openDescriptors.contains(number), procIsOfThisProcess
    else { throw .noSuchFile }
    let descriptor = nextDescriptor
    statuses[descriptor] = status
    nextDescriptor += 1
    openDescriptors.insert(descriptor)
    return descriptor
  }

  private var statusText: String {
    """
    Name:\ttest
    NSpid:\t4711\t\(procIsOfThisProcess ? 7 : 8)
    CapBnd:\t\(String(boundingSet, radix: 16))
    Seccomp:\t\(isFiltered || !systemCallFilters.isEmpty ? 2 : 0)

    """
  }

  package func processID() -> Int32 { 7 }

  private func status(of path: String, _ kind: FileStatus.Kind, size: Int64 = 0) -> FileStatus {
    FileStatus(
      kind: kind, size: size, owner: owners[path] ?? 0,
      permissions: permissions[path] ?? (kind == .directory ? 0o755 : 0o644), links: 1,
      identity: FileIdentity(device: 1, inode: UInt64(path.utf8.reduce(7) { $0 &* 31 &+ UInt32($1) })))
  }

  package func fileSystem(_ descriptor: Int32) throws(Errno) -> FileSystem {
    guard try note(.fileSystem) else { throw .pretended }
    if let link = inherited[descriptor]?.link {
      return FileSystem(rawValue: link.hasPrefix("anon_inode:") ? 0x0904_1934 : 0x534f_434b)
    }
    guard (0...2).contains(descriptor) && !closedStreams.contains(descriptor) || openDescriptors.contains(descriptor)
    else { throw .badDescriptor }
    return FileSystem(rawValue: folders.contains(descriptor) && procIsThere ? 0x9fa0 : 0xef53)
  }

  package func isOnReadOnlyMount(_ descriptor: Int32) throws(Errno) -> Bool {
    guard try note(.mountFlags) else { return false }
    return readOnly.contains(paths[descriptor] ?? "")
  }

  package func linkTarget(_ descriptor: Int32) throws(Errno) -> [UInt8] {
    guard try note(.linkTarget) else { throw .pretended }
    throw .invalid
  }

  package func currentDirectory() throws(Errno) -> [UInt8] {
    guard try note(.currentDirectory) else { throw .pretended }
    return Array("/".utf8)
  }

  package func close(_ descriptor: Int32) throws(Errno) {
    // A close that fails has still released the descriptor.
    let wasOpen = openDescriptors.remove(descriptor) != nil
    guard try note(.close) else {
      if wasOpen { openDescriptors.insert(descriptor) }
      return
    }
    if !wasOpen { throw .badDescriptor }
  }

  package func fileStatus(_ descriptor: Int32) throws(Errno) -> FileStatus {
    guard try note(.fileStatus) else {
      return FileStatus(
        kind: .other, size: 0, owner: 0, permissions: 0, links: 0, identity: FileIdentity(device: 0, inode: 0))
    }
    guard let status = statuses[descriptor] else { throw .badDescriptor }
    return status
  }

  package func read(_ descriptor: Int32, into buffer: inout [UInt8]) throws(Errno) -> Int {
    guard try note(.read) else { return 0 }
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

  package func directoryEntries(_ descriptor: Int32, into buffer: inout [UInt8]) throws(Errno) -> Int {
    guard try note(.directoryEntries) else { return 0 }
    let names = [".", "..", "0", "1", "2"] + inherited.keys.sorted().map { "\($0)" } + ["\(descriptor)"]
    let page = names.dropFirst(listed).prefix(namesInAListing)
    listed += page.count
    let bytes = page.flatMap { FakeCall.directoryEntry($0) }
    buffer.replaceSubrange(..<bytes.count, with: bytes)
    return bytes.count
  }

  package func readLink(_ path: String) throws(Errno) -> String {
    guard try note(.readLink(path)) else { throw .pretended }
    if path == "/proc/self/exe", let program { return program }
    guard let number = path.split(separator: "/").last.flatMap({ Int32($0) }) else { throw .noSuchFile }
    if let descriptor = inherited[number] { return descriptor.link }
    if (0...2).contains(number), !closedStreams.contains(number) { return "/dev/null" }
    throw .noSuchFile
  }

  // MARK: Privilege and machine

  package func users() throws(Errno) -> UserIDs {
    guard try note(.users) else { throw .pretended }
    return userIDs
  }

  package func groups() throws(Errno) -> GroupIDs {
    guard try note(.groups) else { throw .pretended }
    return groupIDs
  }

  package func isSecureExecution() -> Bool { isSecure }

  package func noNewPrivileges() throws(Errno) -> Bool {
    guard try note(.getNoNewPrivileges) else { return false }
    return noNewPrivilegesIsSet
  }

  package func setNoNewPrivileges() throws(Errno) {
    guard try note(.setNoNewPrivileges) else { return }
    noNewPrivilegesIsSet = true
  }

  package func hasSystemAdministrationCapability() throws(Errno) -> Bool {
    guard try note(.capabilities) else { throw .pretended }
    return isAdministrator
  }

  package func kernelRelease() throws(Errno) -> String {
    guard try note(.uname) else { throw .pretended }
    return release
  }

  // MARK: io_uring

  package func register(
    _ operation: RegisterOperation, _ argument: UnsafeMutableRawPointer?, count: UInt32
  ) throws(Errno) {
    // The address as a seccomp filter sees it: the same for every argument in the same place.
    let words = "io_uring_register \(operation.code) \(UInt(bitPattern: argument)) \(count)"
    let number = UInt64(operation.code)
    guard let argument = unsafe argument else {
      guard try note(.askRegister(operation), words) else { return }
      try passFilters(number: 427, arguments: [UInt64(UInt32.max), number])
      throw .invalid
    }
    // SAFETY: the caller's structures are live and have the sizes that the kernel reads, which is what is tested.
    let request = try unsafe RegisterRequest(operation, argument, count: count)
    guard try note(request.call, words) else { return }
    try passFilters(number: 427, arguments: [UInt64(UInt32.max), number])
    if case .query = request {
      guard answersQueries else { throw .invalid }
      unsafe RegisterRequest.answer(query: argument, operationCount, hasFilters ? 38 : registerOperationCount)
      return
    }
    guard hasFilters else { throw .invalid }
    guard noNewPrivilegesIsSet || isAdministrator else { throw .accessDenied }
    switch request {
    case .probe: unsafe RegisterRequest.answer(payloadSize: payloadSizes[.openat] ?? 0, argument)
    case .askPayloadSize(let operation), .filter(let operation, _, _, _):
      unsafe RegisterRequest.answer(payloadSize: payloadSizes[operation] ?? 0, argument)
    case .query, .restrict, .restrictInvalidly: break
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
    let call = FakeCall.execute(path.description, arguments.allBytes.map { String(decoding: $0, as: UTF8.self) })
    guard try note(call) else { throw .pretended }
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
