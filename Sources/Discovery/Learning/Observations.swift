package import Policy
import PolicyLanguage
package import URingABI

/// What a program was seen to do, as far as a policy can speak of it. Its size is bounded, however long that takes.
package struct Observations: Sendable {
  /// What one entry of `[socket]` says.
  package struct Socket: Hashable, Sendable {
    package let family: UInt32
    package let type: UInt32
    /// `nil` for every protocol.
    package let number: UInt32?

    package init(family: UInt32, type: UInt32, number: UInt32?) {
      self.family = family
      self.type = type
      self.number = number
    }
  }

  /// What is told apart at most, of sockets and of peers. Beyond that, rules become coarser.
  package static let most = 2048

  package var operations = Tallies<Operation>()
  package var flags = Tallies<Flag>()
  package var registrations = Tallies<RegisterOperation>()

  package var access = Tallies<OpenRules.Access>()
  /// Openings that no word of `access` means, such as reading with O_CREAT: access must be left free then.
  package var otherAccess: Tally?
  package var openFlags = Tallies<Flag>()
  package var modes = Tallies<Flag>()
  /// True if a request could create a file.
  package var creates = false
  package var resolve = Tallies<Flag>()
  /// Resolve flags that every request to open had; `nil` if there was none.
  package var resolveAlways: UInt64?

  package var sockets = Tallies<Socket>()
  package var peers = Tallies<Peer>()
  /// Families other than IPv4 and IPv6 that connections went to.
  package var families = Tallies<UInt32>()
  /// Connections to port 0 or to 0.0.0.0, which no policy with peers allows.
  package var unlistable: Tally?
  /// How coarse peers are: at least what was asked for.
  package var grain: Peer.Grain
  package var droppedProtocols = false

  /// Requests whose arguments were not seen, by operation.
  package var unseen = Tallies<Operation>()
  /// Operations whose arguments were seen.
  package var seen: Set<Operation> = []

  /// Ports that are not listed one by one.
  package let ephemeral: ClosedRange<UInt16>

  package init(grain: Peer.Grain = .address, ephemeral: ClosedRange<UInt16> = 32_768...60_999) {
    self.grain = grain
    self.ephemeral = ephemeral
  }

  // MARK: Adding

  /// `time`: seconds since 1970.
  package mutating func add(_ observed: ObservedRequest, _ time: UInt64) {
    switch observed.request {
    case .registration(let operation):
      if operation != .unseen { registrations.add(operation, time) { observed.request.text } }
    case .submission(let submission):
      // user_data is the program's own affair, and another one each time.
      let example = {
        Request.submission(Submission(submission.operation, submission.payload, flags: submission.flags)).text
      }
      operations.add(submission.operation, time, example: example)
      if submission.flags != 0 {
        for flag in SQEFlags.vocabulary.carried(by: UInt64(submission.flags)) {
          flags.add(flag, time, example: example)
        }
      }
      guard submission.operation.arguments != .none else { return }
      if observed.argumentsAreKnown {
        seen.insert(submission.operation)
        add(submission, time)
      } else {
        unseen.add(submission.operation, time) { submission.operation.name }
      }
    }
  }

  private mutating func add(_ submission: Submission, _ time: UInt64) {
    let example = { Request.submission(Submission(submission.operation, submission.payload)).text }
    switch submission.payload {
    case .none: break
    case .open(let flags, let mode, let resolve): add(flags, mode, resolve, time, example)
    case .socket(let family, let type, let number):
      let made = EffectiveSocket(family: family, type: type, protocol: number)
      let socket = Socket(family: made.family, type: made.type, number: number == 0 ? 0 : made.protocolNumber)
      if droppedProtocols || (sockets.count >= Self.most && !sockets.contains(socket)) {
        dropProtocols()
        sockets.add(Socket(family: socket.family, type: socket.type, number: nil), time, example: example)
      } else {
        sockets.add(socket, time, example: example)
      }
    case .connect(let address, let port) where port == 0 || address.isUnspecifiedIPv4:
      unlistable = (unlistable ?? Tally(count: 0, first: time, example: example())).merged(with: Tally(first: time))
    case .connect(let address, let port):
      var peer = Peer(address, port: port, ephemeral: ephemeral, grain)
      while peers.count >= Self.most, !peers.contains(peer), let next = Peer.Grain(rawValue: grain.rawValue + 1) {
        grain = next
        peers = peers.map { $0.coarser(next) }
        peer = peer.coarser(next)
      }
      peers.add(peer, time, example: example)
    case .connectElsewhere(let family): families.add(family, time, example: example)
    }
  }

  private mutating func dropProtocols() {
    if droppedProtocols { return }
    droppedProtocols = true
    sockets = sockets.map { Socket(family: $0.family, type: $0.type, number: nil) }
  }

  private mutating func add(
    _ flags: UInt64, _ mode: UInt64, _ resolve: UInt64, _ time: UInt64, _ example: () -> String
  ) {
    if let access = OpenRules.Access(flags: flags) {
      self.access.add(access, time, example: example)
    } else {
      otherAccess =
        otherAccess.map { $0.merged(with: Tally(first: time)) } ?? Tally(first: time, example: example())
    }
    for flag in OpenConstants.flags.carried(by: flags) where flag.bits != OpenConstants.path {
      openFlags.add(flag, time, example: example)
    }
    if flags & OpenConstants.creating != 0 {
      creates = true
      for flag in OpenConstants.mode.carried(by: mode) { modes.add(flag, time, example: example) }
    }
    for flag in OpenConstants.resolve.carried(by: resolve) { self.resolve.add(flag, time, example: example) }
    resolveAlways = (resolveAlways ?? .max) & resolve
  }

  /// Connections of which none can be listed, because one of them cannot; `nil` where each can.
  var freePeers: Tally? {
    unlistable.map { zero in peers.total?.merged(with: zero) ?? zero }
  }

  // MARK: What is incomplete

  /// True if an operation's arguments are known well enough to have conditions on them.
  package func narrows(_ operations: [Operation]) -> Bool { operations.contains { seen.contains($0) } }
}

extension FlagVocabulary {
  /// The flags that a word carries, one bit by number for each that has no name.
  func carried(by word: UInt64) -> [Flag] {
    let named = flags.filter { $0.isCarried(by: word) }
    var rest = named.reduce(word & ~ignored) { $0 & ~$1.bits }
    var numbered: [Flag] = []
    while rest != 0 {
      let bit = rest & (~rest &+ 1)
      numbered.append(Flag(number: bit))
      rest &= ~bit
    }
    return named + numbered
  }
}
