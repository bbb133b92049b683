package import BPF
package import Kernel

/// Descriptors, capabilities, seccomp and children.
extension FakeKernel {
  #if arch(x86_64)
    package static let execve: UInt32 = 59
    package static let architecture: UInt32 = 0xC000_003E
  #elseif arch(arm64)
    package static let execve: UInt32 = 221
    package static let architecture: UInt32 = 0xC000_00B7
  #endif

  /// What seccomp says to a call.
  package func verdict(
    number: UInt32, arguments: [UInt64], architecture: UInt32 = FakeKernel.architecture
  ) throws(Errno) -> UInt32 {
    let context = SystemCallData.context(number: number, architecture: architecture, arguments: arguments)
    for program in systemCallFilters.reversed() {
      guard let outcome = try? Simulator.run(program, context: context, contextSize: 64) else { throw .invalid }
      if outcome.result != SystemCallVerdict.allow { return outcome.result }
    }
    return SystemCallVerdict.allow
  }

  package func passFilters(number: UInt32, arguments: [UInt64]) throws(Errno) {
    let verdict = try verdict(number: number, arguments: arguments)
    if verdict != SystemCallVerdict.allow { throw Errno(Int32(verdict & 0xFFFF)) }
  }

  package func filterSystemCalls(_ program: Program) throws(Errno) {
    guard try note(.seccomp) else { return }
    guard noNewPrivilegesIsSet || isAdministrator else { throw .accessDenied }
    systemCallFilters.append(program)
  }

  package func randomBytes(_ count: Int) throws(Errno) -> [UInt8] {
    guard try note(.random) else { throw .pretended }
    return (0..<count).map { UInt8(truncatingIfNeeded: 0xA5 &+ $0 &* 37) }
  }

  // MARK: Descriptors

  package func closeOnExec(from first: UInt32, through last: UInt32) throws(Errno) {
    guard try note(.closeRange(first, last)) else { return }
    guard closesRanges else { throw .noSystemCall }
    guard first <= last else { throw .invalid }
    closing.formUnion(inherited.keys.filter { (first...last).contains(UInt32($0)) })
  }

  package func closeOnExec(_ descriptor: Int32) throws(Errno) {
    guard try note(.closeOnExec(descriptor)) else { return }
    guard inherited[descriptor] != nil || openDescriptors.contains(descriptor) else { throw .badDescriptor }
    closing.insert(descriptor)
  }

  package func keepOnExec(_ descriptor: Int32) throws(Errno) {
    guard try note(.keepOnExec(descriptor)) else { return }
    guard inherited[descriptor] != nil else { throw .badDescriptor }
    closing.remove(descriptor)
  }

  package func isClosedOnExec(_ descriptor: Int32) throws(Errno) -> Bool {
    guard try note(.isClosedOnExec(descriptor)) else { return false }
    if openDescriptors.contains(descriptor) { return true }
    guard inherited[descriptor] != nil || (0...2).contains(descriptor) else { throw .badDescriptor }
    return closing.contains(descriptor)
  }

  package func duplicate(_ descriptor: Int32, atLeast lowest: Int32) throws(Errno) -> Int32 {
    guard try note(.duplicate(descriptor)) else { throw .pretended }
    guard openDescriptors.contains(descriptor) || inherited[descriptor] != nil || (0...2).contains(descriptor),
      !closedStreams.contains(descriptor)
    else { throw .badDescriptor }
    let copy = max(nextDescriptor, lowest)
    nextDescriptor = copy + 1
    inherited[copy] = inherited[descriptor] ?? Descriptor("/dev/null")
    return copy
  }

  package func enterRing(_ descriptor: Int32) throws(Errno) {
    guard try note(.enterRing(descriptor)) else { return }
    if let entering { throw entering }
    try passFilters(number: 426, arguments: [UInt64(UInt32(bitPattern: descriptor))])
    if inherited[descriptor]?.link == "anon_inode:[io_uring]" { return }
    let isOpen =
      inherited[descriptor] != nil || openDescriptors.contains(descriptor)
      || ((0...2).contains(descriptor) && !closedStreams.contains(descriptor))
    throw isOpen ? .notSupported : .badDescriptor
  }

  package func setUpNoRing() throws(Errno) {
    guard try note(.setUpNoRing) else { return }
    try passFilters(number: 425, arguments: [])
    throw .badAddress
  }

  package func executeNothing() throws(Errno) {
    guard try note(.executeNothing) else { return }
    try passFilters(number: Self.execve, arguments: [])
    throw .badAddress
  }

  package func filterSystemCallsByNothing() throws(Errno) {
    guard try note(.seccompNothing) else { return }
    throw .invalid
  }

  package func fileCapabilities(_ path: FilePath) throws(Errno) -> FileCapabilities {
    guard try note(.fileCapabilities(path.description)) else { throw .pretended }
    guard let capabilities = fileCapabilities[path.description] else { throw .noData }
    return capabilities
  }

  /// Descriptors above 2 that a target would find.
  package var handedOver: [Int32] { inherited.keys.filter { !closing.contains($0) }.sorted() }

  // MARK: Files that are written

  package func create(_ path: FilePath) throws(Errno) -> Int32 {
    guard try note(.create(path.description)) else { throw .pretended }
    if files[path.description] != nil { throw .fileExists }
    let descriptor = nextDescriptor
    nextDescriptor += 1
    openDescriptors.insert(descriptor)
    created[descriptor] = path.description
    files[path.description] = []
    return descriptor
  }

  package func write(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) -> Int {
    guard try note(.write) else { return 0 }
    guard let path = created[descriptor] else { throw .badDescriptor }
    files[path, default: []] += bytes
    return bytes.count
  }

  package func rename(_ path: FilePath, to other: FilePath) throws(Errno) {
    guard try note(.rename) else { return }
    guard let bytes = files.removeValue(forKey: path.description) else { throw .noSuchFile }
    files[other.description] = bytes
  }

  package func makeDirectory(_ path: FilePath) throws(Errno) {
    guard try note(.makeDirectory) else { return }
    if otherFiles[path.description] != nil || files.keys.contains(where: { $0.hasPrefix(path.description + "/") }) {
      throw .fileExists
    }
    otherFiles[path.description] = .directory
  }

  // MARK: Capabilities

  package func capabilities() throws(Errno) -> CapabilitySets {
    guard try note(.getCapabilities) else { throw .pretended }
    return capabilitySets
  }

  package func isAmbient(_ capability: UInt8) throws(Errno) -> Bool {
    guard try note(.isAmbient(capability)) else { return false }
    guard capability < capabilityCount else { throw .invalid }
    return ambient & 1 << UInt64(capability) != 0
  }

  package func setCapabilities(_ sets: CapabilitySets) throws(Errno) {
    guard try note(.setCapabilities(sets)) else { return }
    guard sets.permitted & ~capabilitySets.permitted == 0, sets.effective & ~sets.permitted == 0 else {
      throw .notPermitted
    }
    capabilitySets = sets
  }

  package func isInBoundingSet(_ capability: UInt8) throws(Errno) -> Bool {
    guard try note(.readBoundingSet(capability)) else { return false }
    guard capability < capabilityCount else { throw .invalid }
    return boundingSet & 1 << UInt64(capability) != 0
  }

  package func dropFromBoundingSet(_ capability: UInt8) throws(Errno) {
    guard try note(.dropFromBoundingSet(capability)) else { return }
    guard capabilitySets.effective & 1 << 8 != 0 else { throw .notPermitted }
    guard capability < capabilityCount else { throw .invalid }
    boundingSet &= ~(1 << UInt64(capability))
  }

  // MARK: Children

  package func fork(_ child: () -> Int32) throws(Errno) -> Int32 {
    guard try note(.fork) else { throw .pretended }
    if childStatus == nil { childResult = child() }
    return 4711
  }

  package func wait(for process: Int32) throws(Errno) -> Int32 {
    guard try note(.wait) else { throw .pretended }
    return childStatus ?? childResult
  }

  @discardableResult
  package func noticeChildren() throws(Errno) -> Bool {
    _ = try note(.noticeChildren)
    return false
  }

  package func makeRing() throws(Errno) {
    hasRing = try note(.makeRing)
  }

  package func executeSelf(_ argument: StaticString) throws(Errno) -> Never {
    guard try note(.executeSelf) else { throw .pretended }
    throw Self.didNotReturn
  }
}
