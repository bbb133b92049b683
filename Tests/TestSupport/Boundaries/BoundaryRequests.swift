package import Policy
package import URingABI

/// Requests at and beside every boundary that policies have, with what the reference evaluator says of them.
///
/// Flags are what filters see, whether a program or the kernel has set them.
///
/// Most boundaries show only in requests that satisfy all other conditions. So this walks: from points that should
/// satisfy a rule, and from every request that turns out to be allowed, it varies one field after the other through
/// all its boundary values.
package struct BoundaryRequests {
  package struct Sample: Sendable {
    package let submission: Submission
    package let isAllowed: Bool
  }

  /// Fields are varied in full around this many requests that are allowed, and of those that are denied.
  private static let sweptBases = 6
  /// Values of a field that are tried around the others.
  private static let fewValues = 12

  package private(set) var samples: [Sample] = []
  private let space: RequestSpace
  private let policies: [Policy]
  /// The same without conditions on SQE flags.
  private let withoutFlags: [Policy]
  private var random: SplitMix64
  private var seen: Set<Submission> = []
  /// Of each sample.
  private var points: [RequestSpace.Point] = []
  /// Points of requests that are allowed; every one of them is walked from.
  private var allowed: [RequestSpace.Point] = []
  private var denied: [RequestSpace.Point] = []

  /// `limit`: most samples; what is beyond it are boundaries tried around further requests.
  package init(_ operation: Operation, under policies: [Policy], seed: UInt64, limit: Int = 2000) {
    space = RequestSpace(operation, under: policies)
    self.policies = policies
    withoutFlags = policies.map(Self.withoutFlags)
    random = SplitMix64(seed: seed)
    for start in space.starts.shuffled(using: &random) { add(start) }
    var (nextAllowed, nextDenied) = (0, 0)
    while samples.count < limit {
      if nextAllowed < allowed.count {
        vary(allowed[nextAllowed], inFull: nextAllowed < Self.sweptBases)
        nextAllowed += 1
      } else if nextDenied < min(denied.count, Self.sweptBases * 2) {
        vary(denied[nextDenied], inFull: nextDenied < Self.sweptBases)
        nextDenied += 1
      } else {
        break
      }
    }
  }

  /// Adds requests made of boundary values and random ones, near those that were allowed, and far from them.
  package mutating func addRandom(_ count: Int) {
    for _ in 0..<count {
      let bases = Bool.random(using: &random) && !allowed.isEmpty ? allowed : space.starts
      guard var point = bases.randomElement(using: &random) else { return }
      for axis in space.axes.indices.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)) {
        let coordinate = point[axis]
        point[axis] = value(on: axis, near: coordinate)
      }
      add(point)
    }
  }

  /// Adds requests that differ from a sample in one field.
  package mutating func add(around sample: Int) { vary(points[sample], inFull: true) }

  private mutating func value(on axis: Int, near value: UInt128) -> UInt128 {
    let mask: UInt128 = space.widths[axis] == 128 ? .max : (1 << UInt128(space.widths[axis])) - 1
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return UInt128.random(in: 0...mask, using: &random)
    case 1: return value ^ (1 << UInt128.random(in: 0..<UInt128(space.widths[axis]), using: &random))
    // Where fields are flags, the union of two boundaries is one more.
    case 2: return value ^ (space.axes[axis].randomElement(using: &random) ?? 0)
    default: return space.axes[axis].randomElement(using: &random) ?? 0
    }
  }

  private mutating func vary(_ base: RequestSpace.Point, inFull: Bool) {
    for axis in space.axes.indices {
      let values = inFull ? space.axes[axis] : Array(space.axes[axis].shuffled(using: &random).prefix(Self.fewValues))
      for value in values {
        var point = base
        point[axis] = value
        add(point)
      }
    }
  }

  private static func haveFlags(_ policy: Policy, _ submission: Submission) -> Bool {
    ([policy.operations.flags] + policy.conditions.filter { $0.operation.value == submission.operation }.map(\.flags))
      .allSatisfy { ReferenceEvaluator.satisfies($0, UInt64(submission.flags)) }
  }

  private static func withoutFlags(_ policy: Policy) -> Policy {
    let rules = policy.operations
    return Policy(
      operations: OperationRules(byDefault: rules.byDefault, allow: rules.allow, deny: rules.deny, span: rules.span),
      open: policy.open, socket: policy.socket, connect: policy.connect,
      conditions: policy.conditions.map { OperationConditions($0.operation, userData: $0.userData, span: $0.span) })
  }

  private mutating func add(_ point: RequestSpace.Point) {
    let submission = space.submission(point)
    guard seen.insert(submission).inserted else { return }
    let isAllowed =
      policies.allSatisfy { Self.haveFlags($0, submission) }
      && ReferenceEvaluator.decide(.submission(submission), under: withoutFlags).isAllowed
    samples.append(Sample(submission: submission, isAllowed: isAllowed))
    points.append(point)
    if isAllowed { allowed.append(point) } else { denied.append(point) }
  }
}
