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
    try note(.seccomp)
    guard noNewPrivilegesIsSet || isAdministrator else { throw .accessDenied }
    systemCallFilters.append(program)
  }

  package func randomBytes(_ count: Int) throws(Errno) -> [UInt8] {
    try note(.random)
    return (0..<count).map { UInt8(truncatingIfNeeded: 0xA5 &+ $0 &* 37) }
  }

  // MARK: Descriptors

  package func closeOnExec(from first: UInt32, through last: UInt32) throws(Errno) {
    try note(.closeRange(first, last))
    guard closesRanges else { throw .noSystemCall }
    guard first <= last else { throw .invalid }
    closing.formUnion(inherited.keys.filter { (first...last).contains(UInt32($0)) })
  }

  package func closeOnExec(_ descriptor: Int32) throws(Errno) {
    try note(.closeOnExec(descriptor))
    guard inherited[descriptor] != nil || openDescriptors.contains(descriptor) else { throw .badDescriptor }
    closing.insert(descriptor)
  }

  /// Descriptors above 2 that a target would find.
  package var handedOver: [Int32] { inherited.keys.filter { !closing.contains($0) }.sorted() }

  // MARK: Files that are written

  package func create(_ path: FilePath) throws(Errno) -> Int32 {
    try note(.create(path.description))
    if files[path.description] != nil { throw .fileExists }
    let descriptor = nextDescriptor
    nextDescriptor += 1
    openDescriptors.insert(descriptor)
    created[descriptor] = path.description
    files[path.description] = []
    return descriptor
  }

  package func write(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) -> Int {
    try note(.write)
    guard let path = created[descriptor] else { throw .badDescriptor }
    files[path, default: []] += bytes
    return bytes.count
  }

  package func rename(_ path: FilePath, to other: FilePath) throws(Errno) {
    try note(.rename)
    guard let bytes = files.removeValue(forKey: path.description) else { throw .noSuchFile }
    files[other.description] = bytes
  }

  package func makeDirectory(_ path: FilePath) throws(Errno) {
    try note(.makeDirectory)
    if otherFiles[path.description] != nil || files.keys.contains(where: { $0.hasPrefix(path.description + "/") }) {
      throw .fileExists
    }
    otherFiles[path.description] = .directory
  }

  // MARK: Capabilities

  package func capabilities() throws(Errno) -> CapabilitySets {
    try note(.getCapabilities)
    return capabilitySets
  }

  package func isAmbient(_ capability: UInt8) throws(Errno) -> Bool {
    try note(.isAmbient(capability))
    guard capability < capabilityCount else { throw .invalid }
    return ambient & 1 << UInt64(capability) != 0
  }

  package func setCapabilities(_ sets: CapabilitySets) throws(Errno) {
    try note(.setCapabilities(sets))
    guard sets.permitted & ~capabilitySets.permitted == 0, sets.effective & ~sets.permitted == 0 else {
      throw .notPermitted
    }
    capabilitySets = sets
  }

  package func isInBoundingSet(_ capability: UInt8) throws(Errno) -> Bool {
    try note(.readBoundingSet(capability))
    guard capability < capabilityCount else { throw .invalid }
    return boundingSet & 1 << UInt64(capability) != 0
  }

  package func dropFromBoundingSet(_ capability: UInt8) throws(Errno) {
    try note(.dropFromBoundingSet(capability))
    guard capabilitySets.effective & 1 << 8 != 0 else { throw .notPermitted }
    guard capability < capabilityCount else { throw .invalid }
    boundingSet &= ~(1 << UInt64(capability))
  }

  // MARK: Children

  package func fork(_ child: () -> Int32) throws(Errno) -> Int32 {
    try note(.fork)
    if childStatus == nil { childResult = child() }
    return 4711
  }

  package func wait(for process: Int32) throws(Errno) -> Int32 {
    try note(.wait)
    return childStatus ?? childResult
  }

  package func noticeChildren() throws(Errno) { try note(.noticeChildren) }

  package func makeRing() throws(Errno) {
    try note(.makeRing)
    hasRing = true
  }

  package func executeSelf(_ argument: StaticString) throws(Errno) -> Never {
    try note(.executeSelf)
    throw Self.didNotReturn
  }
}
