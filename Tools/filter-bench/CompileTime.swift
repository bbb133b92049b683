import BPF
import Diagnostics
import FilterCompiler
import Glibc
import Policy
import PolicyLanguage
import TOMLSyntax
import URingABI

/// How long a policy takes from its typed model to programs ready for registration, in nanoseconds of a clock that is
/// never set.
struct CompileTime {
  let name: String
  /// Prefixes in the policy.
  let prefixes: Int
  let programs: Int
  let instructions: Int
  let runs: Int
  let minimum: Int64
  let median: Int64

  /// Nanoseconds for each prefix and each doubling of their number: steady where growth is n log n.
  var perStep: Double {
    let count = Double(prefixes)
    return prefixes < 2 ? 0 : Double(minimum) / (count * log2(count))
  }

  /// Nanoseconds that one run takes.
  static func measure(_ run: () -> Void) -> Int64 {
    let start = SuspendingClock.now
    run()
    let (seconds, attoseconds) = (SuspendingClock.now - start).components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  init(_ name: String, _ policy: Policy, prefixes: Int, runs: Int) {
    var times: [Int64] = []
    var plan = Self.compile(policy)
    for _ in 0..<runs { times.append(Self.measure { plan = Self.compile(policy) }) }
    times.sort()
    self.name = name
    self.prefixes = prefixes
    self.runs = runs
    programs = plan.filters.count
    instructions = plan.filters.reduce(0) { $0 + $1.program.instructions.count }
    minimum = times.first ?? 0
    median = times.isEmpty ? 0 : times[times.count / 2]
  }

  /// Everything that a launch does between reading the policy and the first system call.
  @discardableResult
  static func compile(_ policy: Policy) -> RegistrationPlan {
    do {
      return try RegistrationPlan(
        CombinedPolicy(policy), for: KernelAbilities(operationCount: 65), backend: .restrictionsAndFilters)
    } catch {
      preconditionFailure("\(error.diagnostic.message)")
    }
  }

  /// The most memory that the process has had at once, in bytes.
  static var peakResidentBytes: Int64 {
    var usage = rusage()
    // SAFETY: the structure lives through the call, which writes no more than it.
    let status = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    precondition(status == 0, "a process may ask for its own usage")
    return Int64(usage.ru_maxrss) * 1024
  }

  /// Sixty lines, as somebody would write them for a web server.
  static var typical: Policy {
    let source = SourceText(name: "typical", text: typicalText)
    guard let document = TOMLParser.parse(source).document,
      let policy = PolicyDecoder.decode(document, source: source).policy
    else { preconditionFailure("the text is a policy") }
    return policy
  }

  private static let typicalText = """
    policy = 1
    description = "static web server"

    # What the server does with io_uring.
    [operations]
    default = "deny"
    allow = [
      "@basic", "@network-server", # everything an event loop needs
      "openat", "openat2",
      "statx", "close",
      "read", "readv", "read_fixed",
      "splice",
      "@our-own",
    ]
    deny = ["msg_ring", "uring_cmd"]
    flags = { forbid = ["io_drain"] }

    # Files are read below the document root, and never written.
    [open]
    access = ["read"]
    flags = { forbid = ["direct", "noatime"] }
    resolve = { require = ["beneath"], forbid = ["in_root"] }

    [socket]
    allow = [
      { family = ["inet", "inet6"], type = "stream", protocol = ["default", "tcp"] },
      { family = "unix", type = ["stream", "seqpacket"] },
    ]

    # Databases, and the cache on this machine.
    [connect]
    allow = [
      { to = ["10.20.0.0/16", "2001:db8:20::/48"], port = [5432, 6379, "8000-8099"] },
      { to = "loopback", port = 11211 },
      { family = "unix" },
    ]
    deny = [{ to = "10.20.99.0/24" }]

    [operation.send_zc]
    flags = { require = ["fixed_file"] }

    [register]
    allow = ["@buffers", "@files", "ring_fds"]

    [kernel]
    unfilterable = "deny-operation"
    restrictions = "auto"

    [groups]
    our-own = ["readv_fixed", "poll_add", "poll_remove", "timeout"]

    [[test]]
    request = "openat2 flags=rdonly,cloexec resolve=beneath"
    expect = "allow"

    [[test]]
    request = "connect to=10.20.99.1:5432"
    expect = "deny"
    """
}
