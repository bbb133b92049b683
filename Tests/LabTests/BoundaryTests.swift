import Diagnostics
import Foundation
import Policy
import PolicyAdvice
import PolicyLanguage
import TOMLSyntax
import TestSupport
import Testing
import URingABI

/// Real requests at every boundary of random policies: the kernel denies exactly what the reference evaluator denies.
///
/// `URING_JAIL_SEED` tries that one seed only.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct BoundaryTests {
  /// Requests that one launch makes of each operation, at most.
  private static let requestsPerOperation = 500

  @Test(arguments: Seeds.seeds(1..<7))
  func opensAndSocketsEndAsThePolicySays(seed: UInt64) throws {
    let operations: [URingABI.Operation] = [.openat, .openat2, .socket]
    let (policy, text) = try Self.policy(of: operations, seed: seed)
    let folder = try TemporaryFolder()
    let file = try folder.create("file", "content").path(percentEncoded: false)
    try expectAgreement(policy, text, operations, before: [], seed: seed) { submission in
      switch submission.payload {
      case .open(let flags, let mode, let resolve): Self.open(submission.operation, flags, mode, resolve, file)
      case .socket(let family, let type, let number): Self.socket(family, type, number)
      default: nil
      }
    }
  }

  @Test(arguments: Seeds.seeds(1..<9))
  func connectionsEndAsThePolicySays(seed: UInt64) throws {
    let (policy, text) = try Self.policy(of: [.connect], seed: seed)
    guard Lab.showsPeers else { return try expectUnfilterable(text) }
    // Descriptors 4 and 5. Nothing listens; what passes fails, or has still no answer when the client gives up.
    let sockets = ["inet", "inet6"].map { "socket family=\($0) type=stream" }
    try expectAgreement(policy, text, [.connect], before: sockets, seed: seed) { submission in
      switch submission.payload {
      case .connect(.v4(let address), let port):
        (submission, "connect fd=4 to=\(WrittenPolicy.text(v4: address)):\(port)")
      case .connect(.v6(let address), let port):
        (submission, "connect fd=5 to=[\(WrittenPolicy.text(v6: address))]:\(port)")
      // The kernel reads the address of these.
      case .connectElsewhere(SocketConstants.inet), .connectElsewhere(SocketConstants.inet6): nil
      case .connectElsewhere(let family) where family <= UInt16.max:
        (submission, "connect fd=4 family=\(family)")
      default: nil
      }
    }
  }

  /// `request`: what the kernel will see of a submission, and how the client is asked to make it; `nil` if no program
  /// can make it.
  private func expectAgreement(
    _ policy: Policy, _ text: String, _ operations: [URingABI.Operation], before: [String], seed: UInt64,
    request: (Submission) -> (submission: Submission, text: String)?
  ) throws {
    var requests: [(isAllowed: Bool, text: String)] = []
    var seen: Set<String> = []
    for operation in operations {
      let samples = BoundaryRequests(operation, under: [policy], seed: seed, limit: 2 * Self.requestsPerOperation)
      let made = samples.samples.compactMap { request($0.submission) }.filter { seen.insert($0.text).inserted }
      for request in made.prefix(Self.requestsPerOperation) {
        let decision = ReferenceEvaluator.decide(.submission(request.submission), under: policy)
        requests.append((decision.isAllowed, request.text))
      }
    }
    let outcome = try jailed(
      text, command: [Lab.client, "--one-by-one", "--wait", "200"] + before + requests.map(\.text))
    try #require(outcome.status <= 1, "client: \(outcome.errors)")
    let completions = try outcome.completions().dropFirst(before.count)
    try #require(completions.count == requests.count)
    for (completion, expected) in zip(completions, requests)
    where (completion.error != "EACCES") != expected.isAllowed {
      Issue.record("URING_JAIL_SEED=\(seed): \(expected.text) ended with \(completion) under\n\(text)")
      return
    }
    let allowed = requests.count { $0.isAllowed }
    #expect(allowed > 0 && allowed < requests.count, "URING_JAIL_SEED=\(seed): one answer for all")
  }

  /// The first policy from a seed on that the language accepts, as it is read back from its text.
  private static func policy(of operations: [URingABI.Operation], seed: UInt64) throws -> (Policy, String) {
    for attempt in 0..<100 as Range<UInt64> {
      var random = RandomPolicy(seed: seed &* 1000 &+ attempt)
      let drawn = random.arguments(of: operations)
      let text = WrittenPolicy.text(drawn, allowing: operations + [.socket])
      let source = SourceText(name: "policy", text: text)
      guard let document = TOMLParser.parse(source).document else { continue }
      let read = PolicyDecoder.decode(document, source: source)
      guard let policy = read.policy, !read.diagnostics.contains(where: { $0.severity == .error }),
        !PolicyChecker.check(policy, source: source.id).hasErrors, isTelling(policy, operations)
      else { continue }
      return (policy, text)
    }
    throw NoPolicy()
  }

  private struct NoPolicy: Error {}

  /// True if every operation has requests that are allowed and requests that are not.
  private static func isTelling(_ policy: Policy, _ operations: [URingABI.Operation]) -> Bool {
    operations.filter { $0 != .openat }.allSatisfy { operation in
      let samples = BoundaryRequests(operation, under: [policy], seed: 0, limit: 300).samples
      let allowed = samples.count { $0.isAllowed }
      return allowed > 10 && samples.count - allowed > 10
    }
  }

  // MARK: Requests of the client

  private static func open(
    _ operation: URingABI.Operation, _ flags: UInt64, _ mode: UInt64, _ resolve: UInt64, _ file: String
  ) -> (submission: Submission, text: String)? {
    let isOld = operation == .openat
    // openat drops bits that the kernel has no name for, and newer kernels have more names (bit 26 on 7.2).
    let (flags, mode) = isOld ? (flags & OpenConstants.valid, mode & 0xFFFF) : (flags, mode)
    let payload = Submission.opening(operation, flags: flags, mode: mode, resolve: isOld ? 0 : resolve)
    let tail = isOld ? "" : " resolve=\(resolve)"
    return (
      Submission(operation, payload), "\(operation.name) path=\(file) flags=\(flags) mode=\(mode)\(tail)"
    )
  }

  private static func socket(
    _ family: UInt32, _ type: UInt32, _ number: UInt32
  ) -> (submission: Submission, text: String)? {
    // Other bits in the type are refused with EINVAL before any filter runs.
    let flags = UInt32(OpenConstants.closeOnExec | OpenConstants.nonblock)
    guard type & ~(0xF | flags) == 0 else { return nil }
    // EACCES from the protocol itself, to groups outside of net.ipv4.ping_group_range.
    if [2, 10].contains(family), type & 0xF == 2, [1, 58].contains(number) { return nil }
    return (
      Submission(.socket, .socket(family: family, type: type, protocol: number)),
      "socket family=\(family) type=\(type) protocol=\(number)"
    )
  }
}
