import CLibURing

/// The command line, parsed.
struct ClientOptions {
  /// Where the requests are made from.
  enum Context: String {
    case here
    case thread
    case fork
    case exec
    case execAfterRing
    case handOverRing
  }

  var setupFlags: UInt32 = 0
  var oneByOne = false
  var contexts: [Context] = []
  var waitMilliseconds: Int64 = 2000
  var requests: [ClientRequest] = []
  /// What to become with a ring in hand.
  var command: [String] = []
  /// Programs to register in place of making requests.
  var trials: FilterTrials?
  var wantsHelp = false

  private static let setupNames: [String: UInt32] = [
    "iopoll": UInt32(IORING_SETUP_IOPOLL), "sqpoll": UInt32(IORING_SETUP_SQPOLL),
    "disabled": UInt32(IORING_SETUP_R_DISABLED), "submit_all": UInt32(IORING_SETUP_SUBMIT_ALL),
    "coop_taskrun": UInt32(IORING_SETUP_COOP_TASKRUN), "sqe128": UInt32(IORING_SETUP_SQE128),
    "cqe32": UInt32(IORING_SETUP_CQE32), "single_issuer": UInt32(IORING_SETUP_SINGLE_ISSUER),
    "defer_taskrun": UInt32(IORING_SETUP_DEFER_TASKRUN),
  ]

  init(_ arguments: [String]) throws(UsageError) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--setup": setupFlags |= UInt32(try Number.sum(try Self.value(of: argument, &rest), names: Self.setupNames))
      case "--one-by-one": oneByOne = true
      case "--thread": contexts.append(.thread)
      case "--fork": contexts.append(.fork)
      case "--exec": contexts.append(.exec)
      case "--exec-after-ring": contexts.append(.execAfterRing)
      case "--hand-over-ring": contexts.append(.handOverRing)
      case "--try-filters": trials = try FilterTrials(file: try Self.value(of: argument, &rest))
      case "--":
        command = Array(rest)
        rest = []
      case "--wait": waitMilliseconds = Int64(try Number.parse(try Self.value(of: argument, &rest)))
      case "--help", "-h": wantsHelp = true
      case _ where argument.hasPrefix("-"): throw UsageError("unknown option '\(argument)'")
      default: requests.append(try ClientRequest(argument))
      }
    }
    if contexts.contains(.handOverRing) {
      if command.isEmpty { throw UsageError("--hand-over-ring needs a command behind '--'") }
    } else if requests.isEmpty, trials == nil, !wantsHelp {
      throw UsageError("no request")
    }
    let ids = requests.indices.compactMap(userData(of:))
    if Set(ids).count < ids.count { throw UsageError("two requests have the same user_data") }
  }

  /// The `user_data` of a request: its index, unless it asks for another; `nil` for one that has no completion.
  func userData(of index: Int) -> UInt64? {
    requests[index].entry.map { $0.userData ?? UInt64(index) }
  }

  private static func value(of option: String, _ rest: inout ArraySlice<String>) throws(UsageError) -> String {
    guard let value = rest.popFirst() else { throw UsageError("\(option) needs a value") }
    return value
  }
}

/// A mistake in the command line.
struct UsageError: Error {
  let message: String

  init(_ message: String) {
    self.message = message
  }
}

/// Numbers as they are written on the command line.
enum Number {
  static func parse(_ text: some StringProtocol) throws(UsageError) -> UInt64 {
    let isHex = text.hasPrefix("0x")
    let digits = isHex ? String(text.dropFirst(2)) : String(text)
    if let number = UInt64(digits, radix: isHex ? 16 : 10) { return number }
    if let number = Int64(digits) { return UInt64(bitPattern: number) }
    throw UsageError("'\(text)' is not a number")
  }

  /// Names and numbers joined by commas.
  static func sum(_ text: some StringProtocol, names: [String: UInt32]) throws(UsageError) -> UInt64 {
    var sum: UInt64 = 0
    for part in text.split(separator: ",") {
      if let value = names[String(part)] { sum |= UInt64(value) } else { sum |= try parse(part) }
    }
    return sum
  }
}
