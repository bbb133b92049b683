import Jail
import Kernel
import Policy
import TestSupport
import Testing

/// Which descriptors the target gets.
struct DescriptorTests {
  private func kernel(_ descriptors: [Int32: String]) -> FakeKernel {
    let kernel = FakeKernel.withTarget()
    kernel.inherited = descriptors.mapValues { .init($0) }
    return kernel
  }

  private static let ring = "anon_inode:[io_uring]"
  private static let sockets: [Int32: String] = [3: "socket:[1]", 4: "socket:[2]", 5: "pipe:[3]", 77: "/dev/null"]

  @Test func everythingAboveTwoIsClosed() throws {
    let kernel = kernel(Self.sockets)
    try launch(on: kernel)
    #expect(kernel.started == "/bin/target" && kernel.handedOver == [])
  }

  @Test func policyAndCommandLineKeepWhatTheyName() throws {
    let kernel = kernel(Self.sockets)
    try launch(
      on: kernel, Policy(keep: [5, 4, 99]), options: LaunchOptions(keptDescriptors: [77, 4]))
    #expect(kernel.handedOver == [4, 5, 77])
  }

  @Test func severalPoliciesKeepWhatAllOfThemName() throws {
    let kernel = kernel(Self.sockets)
    try launch(on: kernel, Policy(keep: [4, 5]), Policy(keep: [5, 77]))
    #expect(kernel.handedOver == [5])
  }

  @Test func descriptorOfTheCommandLineMustBeOpen() throws {
    let kernel = kernel(Self.sockets)
    let failure = try launch(on: kernel, options: LaunchOptions(keptDescriptors: [6]))
    #expect(failure.message == "descriptor 6, which should be kept, is not open")
    #expect(!kernel.hasTriedToExecute)
  }

  @Test func rangesKeepWhatIsOpenButTheStatusDescriptor() throws {
    for (ranges, status, expected) in [
      ([3...4], nil, [3, 4]), ([4...76], nil, [4, 5]), ([78...99], nil, []),
      ([3...3, 5...Int32.max], nil, [3, 5, 77]),
      ([3...Int32.max], 5, [3, 4, 77]), ([4...5, 5...77], nil, [4, 5, 77]),
    ] as [([ClosedRange<Int32>], Int32?, [Int32])] {
      let kernel = kernel(Self.sockets)
      try launch(on: kernel, options: LaunchOptions(keptRanges: ranges, statusDescriptor: status))
      #expect(kernel.handedOver == expected, "\(ranges)")
    }
  }

  @Test func rangeAddsToWhatIsNamed() throws {
    let kernel = kernel(Self.sockets)
    try launch(
      on: kernel, Policy(keep: [5]),
      options: LaunchOptions(keptDescriptors: [77], keptRanges: [3...4], passedSockets: 1))
    #expect(kernel.handedOver == [3, 4, 5, 77])
  }

  @Test func rangeNeedsAListOfTheDescriptors() throws {
    let kernel = kernel(Self.sockets)
    kernel.procIsThere = false
    let failure = try launch(on: kernel, options: LaunchOptions(keptRanges: [3...9]))
    #expect(failure.message.hasPrefix("listing the descriptors of this process failed"))
    #expect(failure.help?.contains("mount -t proc") == true && !kernel.hasTriedToExecute)
  }

  @Test func passedSocketsAreKept() throws {
    let kernel = kernel(Self.sockets)
    try launch(on: kernel, Policy(keep: [77]), options: LaunchOptions(passedSockets: 2))
    #expect(kernel.handedOver == [3, 4, 77])
  }

  @Test(arguments: [4, 1000, Int32.max - 3])
  func promisedSocketThatIsNotThereStopsTheLaunch(_ count: Int32) throws {
    let kernel = kernel(Self.sockets)
    let failure = try launch(on: kernel, options: LaunchOptions(passedSockets: count))
    #expect(failure.message == "LISTEN_FDS promises a socket at descriptor 6, which is not open")
    #expect(!kernel.hasTriedToExecute)
  }

  @Test func variablesOfAnotherProcessOrWithoutNumbersPassNothing() {
    func passed(_ process: String?, _ count: String?) -> Int32 {
      LaunchOptions.passedSockets(
        process: 42, listenPID: process.map { Array($0.utf8) }, listenFDs: count.map { Array($0.utf8) })
    }
    #expect(passed("42", "2") == 2)
    for (process, count) in [
      (nil, "2"), ("42", nil), ("43", "2"), ("42", "0"), ("42", "-1"), ("42", ""), ("", "2"), ("42", "2 "),
      ("42", "2147483645"), ("42", "99999999999"), ("x", "y"),
    ] {
      #expect(passed(process, count) == 0, "\(process ?? "-") \(count ?? "-")")
    }
  }

  @Test func statusDescriptorCannotBeKeptAsWell() throws {
    for (policy, options) in [
      (Policy(keep: [5]), LaunchOptions(statusDescriptor: 5)),
      (Policy(), LaunchOptions(keptDescriptors: [5], statusDescriptor: 5)),
      (Policy(), LaunchOptions(passedSockets: 3, statusDescriptor: 5)),
    ] {
      let kernel = kernel(Self.sockets)
      let failure = try launch(on: kernel, policy, options: options)
      #expect(failure.message == "descriptor 5 cannot both take the status and be kept for the program")
      #expect(!kernel.hasTriedToExecute)
    }
  }

  // MARK: Rings from before the jail

  @Test func ringThatIsNotKeptIsClosed() throws {
    let kernel = kernel([5: Self.ring])
    try launch(on: kernel)
    #expect(kernel.started == "/bin/target" && kernel.handedOver == [])
  }

  @Test func ringThatTheTargetWouldGetStopsTheLaunch() throws {
    for (policy, options) in [
      (Policy(keep: [3, 4]), LaunchOptions()), (Policy(), LaunchOptions(keptDescriptors: [4, 3])),
      (Policy(), LaunchOptions(passedSockets: 2)), (Policy(), LaunchOptions(keptRanges: [3...Int32.max])),
    ] {
      let kernel = kernel([3: Self.ring, 4: Self.ring])
      let failure = try launch(on: kernel, policy, options: options)
      #expect(
        failure.message
          == "the caller passes an io_uring ring (descriptor 3, 4), which no jail can restrict")
      #expect(kernel.registrations.isEmpty && !kernel.hasTriedToExecute)
    }
  }

  @Test(arguments: [0, 1, 2] as [Int32])
  func ringAsAStandardStreamStopsTheLaunch(_ descriptor: Int32) throws {
    let kernel = kernel([descriptor: Self.ring])
    let failure = try launch(on: kernel)
    #expect(failure.message.contains("(descriptor \(descriptor))"))
    #expect(!kernel.hasTriedToExecute)
  }

  // MARK: Where rings cannot be asked for

  /// What a filter in front of the launcher may say of every descriptor.
  static let answers: [Errno] = [.noSystemCall, .notPermitted, .notSupported, .badState, .badDescriptor, .invalid]

  @Test(arguments: answers)
  func otherKindsOfDescriptorsNeedNoProcfs(_ answer: Errno) throws {
    let kernel = kernel(Self.sockets)
    kernel.entering = answer
    kernel.procIsThere = false
    try launch(on: kernel, options: LaunchOptions(keptDescriptors: [4, 77]))
    #expect(kernel.started == "/bin/target" && kernel.handedOver == [4, 77])
  }

  @Test(arguments: answers)
  func descriptorWithoutANameIsToldByItsLink(_ answer: Errno) throws {
    for (link, isRing) in [(Self.ring, true), ("anon_inode:[eventfd]", false), ("anon_inode:[io_uring-cmd]", false)] {
      for descriptor: Int32 in [1, 4] {
        let kernel = kernel([descriptor: link])
        kernel.entering = answer
        let failure = try launch(on: kernel, Policy(keep: [4]))
        #expect((kernel.started == nil) == isRing, "\(link)")
        if isRing { #expect(failure.message.contains("an io_uring ring (descriptor \(descriptor))")) }
      }
    }
  }

  @Test func procfsThatIsNotThereOrIsAnotherProcessStopsTheLaunchIfItIsNeeded() throws {
    for isThere in [true, false] {
      let kernel = kernel([4: "anon_inode:[eventfd]"])
      kernel.entering = .noSystemCall
      kernel.procIsThere = isThere
      kernel.procIsOfThisProcess = !isThere
      let failure = try launch(on: kernel, Policy(keep: [4]))
      #expect(failure.help?.contains("mount it") == true)
      #expect(!kernel.hasTriedToExecute)
    }
  }

  @Test func launchNeedsNoProcfsWhereTheKernelTellsRings() throws {
    let kernel = kernel([4: "anon_inode:[eventfd]"])
    kernel.procIsThere = false
    try launch(on: kernel, Policy(keep: [4]))
    #expect(kernel.started == "/bin/target" && kernel.handedOver == [4])
  }

  @Test func closedStandardStreamsAreNoObstacle() throws {
    for closed: Set<Int32> in [[0], [0, 1], [0, 1, 2]] {
      let kernel = kernel(Self.sockets)
      kernel.closedStreams = closed
      try launch(on: kernel, Policy(keep: [5]))
      #expect(kernel.started == "/bin/target" && kernel.handedOver == [5])
      let other = self.kernel(Self.sockets)
      other.closedStreams = closed
      try launch(on: other)
      #expect(other.started == "/bin/target" && other.handedOver == [])
    }
  }

  // MARK: Descriptors of the launcher's own

  /// The numbers that the launcher's own descriptors get.
  @Test func descriptorOfTheLauncherIsNotTakenForOneOfTheCaller() throws {
    for number in 100...110 as ClosedRange<Int32> {
      for isBlocked in [false, true] {
        let kernel = kernel([:])
        kernel.openDescriptors = [number]
        kernel.closesRanges = !isBlocked
        kernel.entering = isBlocked ? .noSystemCall : nil
        let failure = try launch(on: kernel, options: LaunchOptions(keptDescriptors: [number]))
        #expect(failure.message == "descriptor \(number), which should be kept, is not open")
        #expect(!kernel.hasTriedToExecute)
        let other = self.kernel([:])
        other.openDescriptors = [number]
        other.entering = kernel.entering
        try launch(on: other, Policy(keep: [number]))
        #expect(other.started == "/bin/target" && other.handedOver == [])
      }
    }
    let kernel = kernel([:])
    kernel.openDescriptors = [3]
    let failure = try launch(on: kernel, options: LaunchOptions(passedSockets: 1))
    #expect(failure.message == "LISTEN_FDS promises a socket at descriptor 3, which is not open")
  }
}
