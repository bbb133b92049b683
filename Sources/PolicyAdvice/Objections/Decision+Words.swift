package import Policy
import URingABI

extension Decision {
  /// What decided, in the words of the policy.
  package var reason: String {
    switch self {
    case .allowed(let permission): permission.reason
    case .denied(let denial): denial.reason
    }
  }
}

extension Decision.Permission {
  fileprivate var reason: String {
    switch self {
    case .noPolicy: "there is no policy"
    case .registerUnrestricted: "without [register], every register opcode is allowed"
    case .registerNotDenied: "[register] only denies others"
    case .registerListed(let operation): "[register] allows '\(operation.value.name)'"
    case .operationListed(let operation): "[operations] allows '\(operation.value.name)'"
    case .operationByDefault: "[operations] allows by default"
    case .openSatisfied: "the request satisfies every condition of [open]"
    case .openAccess(let access): "[open] access allows '\(access.value.rawValue)'"
    case .socketNotDenied: "no entry of [socket] deny matches"
    case .socketListed: "[socket] allows it"
    case .peerNotDenied: "no entry of [connect] deny matches"
    case .peerListed: "[connect] allows it"
    }
  }
}

extension Decision.Denial {
  package var reason: String {
    switch self {
    case .registerDenied(let operation, _): "[register] denies '\(operation.value.name)'"
    case .registerNotListed(let operation, _): "[register] does not allow '\(operation.name)'"
    case .operationDenied(let operation, _): "[operations] denies '\(operation.value.name)'"
    case .operationNotListed(let operation, _): "[operations] does not allow '\(operation.name)'"
    case .flags(let denial): denial.reason
    case .userData(_, let conditions): "[operation.\(conditions.operation.value.name)] does not list this user_data"
    case .openAccess(let flags, _): "[open] access does not allow opening for \(Self.description(ofAccess: flags))"
    case .socketDenied: "[socket] denies it"
    case .socketNotListed: "no entry of [socket] allow matches"
    case .peerDenied: "[connect] denies it"
    case .peerNotListed: "no entry of [connect] allow matches"
    case .portZero: "[connect] limits peers and therefore denies port 0"
    case .unspecifiedIPv4: "[connect] limits addresses and therefore denies 0.0.0.0"
    case .reaching(let address, let denial): "\(denial.reason), and :: reaches \(address)"
    }
  }

  private static func description(ofAccess flags: UInt64) -> String {
    switch OpenRules.Access(flags: flags) {
    case .path: "path"
    case .read: "reading"
    case .write: "writing"
    case .readWrite: "reading and writing"
    case nil:
      flags & OpenConstants.accessMask == OpenConstants.readOnly
        ? "reading with creat, trunc or tmpfile" : "neither reading nor writing (access mode 3)"
    }
  }
}

extension Decision.FlagDenial {
  fileprivate var reason: String {
    let place = "[\(word.table)] \(word.key)"
    let text: String
    switch breach {
    case .unknownBits(let unknown):
      text = "\(place) does not allow bits without a name: 0x\(String(unknown, radix: 16))"
    case .forbidden(let flag): text = "\(place) forbids '\(flag.value.name)'"
    case .missing(let flag): text = "\(place) requires '\(flag.value.name)'"
    case .notListed:
      let names = word.vocabulary.describe(bits).filter { name in
        !(rules.allow ?? []).contains { $0.value.name == name }
      }
      text = "\(place) does not allow '\(names.joined(separator: "', '"))'"
    }
    if addedByKernel == 0 { return text }
    let added = word.vocabulary.describe(addedByKernel).joined(separator: "' and '")
    return "\(text); the kernel sets '\(added)' itself before filters run"
  }
}
