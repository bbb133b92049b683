import Diagnostics
import Policy
import PolicyLanguage
import URingABI

/// Holds what the checks say about entries against what the reference evaluator decides.
///
/// A remark is about all requests; here it is tried on those at the edges of what the entries name.
struct RemarkRun {
  private let policy: Policy
  private let remarks: [Diagnostic]

  init(_ policy: Policy, _ remarks: [Diagnostic]) {
    self.policy = policy
    self.remarks = remarks
  }

  func run() {
    let operations = policy.operations
    names(allow: operations.allow, deny: operations.deny, areAllowed: operations.permits)
    if let register = policy.register {
      names(allow: register.allow ?? [], deny: register.deny, areAllowed: register.permits)
    }
    if let connect = policy.connect {
      let entries = EntryRemarks(allow: connect.allow, deny: connect.deny, span: \.span) { entry, payload in
        let rules = ConnectRules(allow: [entry], span: entry.span)
        return Self.isAllowed(.connect, payload, Policy(operations: Self.operations, connect: rules))
      }
      entries.run(remarks, samples: PeerSamples.payloads)
      for entry in (connect.allow ?? []) + connect.deny { elements(of: entry) }
    }
    if let socket = policy.socket {
      let entries = EntryRemarks(allow: socket.allow, deny: socket.deny, span: \.span) { entry, payload in
        let rules = SocketRules(allow: [entry], span: entry.span)
        return Self.isAllowed(.socket, payload, Policy(operations: Self.operations, socket: rules))
      }
      entries.run(remarks, samples: SocketSamples.payloads)
    }
    for conditions in policy.conditions {
      let ranges = conditions.userData ?? []
      let kept = ranges.filter { !superfluous.contains($0.span) }.map(\.value)
      for value in ranges.flatMap({ [$0.value.lowerBound, $0.value.upperBound] }) {
        expect(kept.contains { $0.contains(value) }, "user_data \(value) is in an element that stays")
      }
    }
  }

  private static let operations: OperationRules = {
    let place = SourceSpan(0..<0, in: SourceID(0))
    return OperationRules(allow: [Located(.connect, at: place), Located(.socket, at: place)])
  }()

  private static func isAllowed(_ operation: Operation, _ payload: Submission.Payload, _ policy: Policy) -> Bool {
    ReferenceEvaluator.decide(.submission(Submission(operation, payload)), under: policy).isAllowed
  }

  /// A name in a list without effect, which may stand for a group, changes nothing about any of its members.
  private func names<Member: Hashable>(
    allow: [Located<Member>], deny: [Located<Member>], areAllowed: (Member) -> Bool
  ) {
    let inVain = Set(remarks.filter { $0.id == PolicyDiagnostics.neverTrue }.map(\.span))
    let allowed = Set(allow.map(\.value))
    for name in allow where inVain.contains(name.span) {
      expect(!areAllowed(name.value), "what is allowed in vain is denied")
    }
    for name in deny where inVain.contains(name.span) {
      expect(!allowed.contains(name.value), "what is denied in vain is not allowed")
    }
  }

  /// The places that a remark calls superfluous.
  private var superfluous: Set<SourceSpan> {
    Set(
      remarks.filter { [PolicyDiagnostics.shadowed, PolicyDiagnostics.duplicateName].contains($0.id) }.map(\.span))
  }

  /// Without the superfluous elements of its lists an entry matches what it did.
  private func elements(of entry: ConnectEntry) {
    let superfluous = superfluous
    let networks = entry.networks ?? []
    let keptNetworks = networks.filter { !superfluous.contains($0.span) }.map(\.value)
    for network in networks {
      for address in PeerSamples.addresses(of: network.value) {
        expect(keptNetworks.contains { $0.contains(address) }, "\(address) is in an element that stays")
      }
    }
    let ports = entry.ports ?? []
    let keptPorts = ports.filter { !superfluous.contains($0.span) }.map(\.value)
    for port in ports.flatMap({ [$0.value.lowerBound, $0.value.upperBound] }) {
      expect(keptPorts.contains { $0.contains(port) }, "port \(port) is in an element that stays")
    }
  }
}

/// What is said about entries of one table.
struct EntryRemarks<Entry> {
  let allow: [Entry]?
  let deny: [Entry]
  let span: (Entry) -> SourceSpan
  let matches: (Entry, Submission.Payload) -> Bool

  func run(_ remarks: [Diagnostic], samples: (Entry) -> [Submission.Payload]) {
    let all = (allow ?? []) + deny
    for remark in remarks {
      for entry in all where span(entry) == remark.span {
        let matched = samples(entry).filter { matches(entry, $0) }
        switch remark.id {
        case PolicyDiagnostics.shadowed:
          let others = all.filter { other in remark.notes.contains { $0.span == span(other) } }
          expect(!others.isEmpty, "the entry that shadows another is named")
          expect(matched.allSatisfy { request in others.contains { matches($0, request) } }, "a shadow covers")
        case PolicyDiagnostics.neverTrue:
          expect(!matched.contains { isDecided(by: entry, $0) }, "an entry without effect decides nothing")
        default: break
        }
      }
    }
  }

  /// True if the entry can make a difference for a request that it matches.
  private func isDecided(by entry: Entry, _ request: Submission.Payload) -> Bool {
    let isAllowing = (allow ?? []).contains { span($0) == span(entry) }
    if isAllowing { return !deny.contains { matches($0, request) } }
    return allow?.contains { matches($0, request) } ?? true
  }
}
