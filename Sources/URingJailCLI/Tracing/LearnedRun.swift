import Discovery
import Policy
import URingABI

/// What one run has shown.
struct LearnedRun {
  let description: String
  let sawRegistrations: Bool
  private(set) var observations: Observations
  /// Requests and register calls.
  private(set) var count: UInt64 = 0
  /// Events that were not recorded.
  var lost = 0
  let began: UInt64

  private var assembler = RequestAssembler()
  private let time = TimeText()

  init(description: String, sawRegistrations: Bool, grain: Peer.Grain) {
    self.description = description
    self.sawRegistrations = sawRegistrations
    observations = Observations(grain: grain, ephemeral: EphemeralRange.current)
    began = TimeText.now
  }

  mutating func take(_ events: [TraceEvent]) {
    for event in events {
      // What an outer jail denies, this program does not do.
      guard let observed = assembler.take(event), observed.outcome != .denied else { continue }
      // An operation or opcode that no kernel has fails whatever a policy says.
      switch observed.request {
      case .submission(let submission) where observed.outcome == .failed:
        if submission.operation.since == nil { continue }
      case .registration(let operation):
        if operation.since == nil { continue }
      default: break
      }
      count += 1
      observations.add(observed, time.real(observed.time) / 1_000_000_000)
    }
  }

  /// Why the policy may lack something.
  var flaws: [String] {
    var flaws: [String] = []
    if count == 0, lost == 0 { flaws.append("no request and no register call was seen") }
    if lost > 0 { flaws.append("\(lost) events lost") }
    for operation in observations.unseen.keys where observations.seen.contains(operation) {
      let count = observations.unseen[operation]?.count ?? 0
      flaws.append("the arguments of \(count) requests of \(operation.name) were not visible")
    }
    return flaws
  }
}
