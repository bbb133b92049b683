/// What the command line and the environment say about a launch, beside the policy.
package struct LaunchOptions: Sendable {
  /// Descriptors above 2 that the caller wants kept, and that must be there.
  package let keptDescriptors: [Int32]
  /// Ranges above 2 of which the caller wants kept what is open, except for the status descriptor.
  package let keptRanges: [ClosedRange<Int32>]
  /// Sockets that a service manager hands over: that many, from 3 on (sd_listen_fds(3)).
  package let passedSockets: Int32
  /// Where the status is written. The target does not get it.
  package let statusDescriptor: Int32?

  package init(
    keptDescriptors: [Int32] = [], keptRanges: [ClosedRange<Int32>] = [], passedSockets: Int32 = 0,
    statusDescriptor: Int32? = nil
  ) {
    self.keptDescriptors = keptDescriptors
    self.keptRanges = keptRanges
    self.passedSockets = passedSockets
    self.statusDescriptor = statusDescriptor
  }

  /// How many sockets `LISTEN_FDS` hands to the process that `LISTEN_PID` names, if it is this one; 0 if anything about
  /// them is not a number. The target has the same number as this process, so the variables stay as they are.
  package static func passedSockets(process: Int32, listenPID: [UInt8]?, listenFDs: [UInt8]?) -> Int32 {
    guard let listenPID, let listenFDs, Int32(String(decoding: listenPID, as: UTF8.self)) == process,
      let count = Int32(String(decoding: listenFDs, as: UTF8.self)), count > 0, count <= Int32.max - 3
    else { return 0 }
    return count
  }
}
