package import URingABI

/// What a policy decides about a request, and why. `reason` and `rule` say it in words.
package enum Decision: Sendable {
  case allowed(Permission)
  case denied(Denial)

  package var isAllowed: Bool {
    switch self {
    case .allowed: true
    case .denied: false
    }
  }

  /// Why a request is allowed: the last of the rules that had to allow it.
  package enum Permission: Sendable {
    case noPolicy
    /// The policy has no `[register]`.
    case registerUnrestricted
    /// `[register]` has no allow list.
    case registerNotDenied(RegisterRules)
    case registerListed(Located<RegisterOperation>)
    case operationListed(Located<Operation>)
    case operationByDefault(OperationRules)
    /// Every condition of `[open]`, among which is none on access.
    case openSatisfied(OpenRules)
    case openAccess(Located<OpenRules.Access>)
    /// `[socket]` has no allow list.
    case socketNotDenied(SocketRules)
    case socketListed(SocketEntry)
    /// `[connect]` has no allow list.
    case peerNotDenied(ConnectRules)
    case peerListed(ConnectEntry)
  }

  /// Why a request is denied: the first rule that denies it.
  package enum Denial: Sendable {
    case registerDenied(Located<RegisterOperation>, RegisterRules)
    case registerNotListed(RegisterOperation, RegisterRules)
    case operationDenied(Located<Operation>, OperationRules)
    case operationNotListed(Operation, OperationRules)
    case flags(FlagDenial)
    case userData(UInt64, OperationConditions)
    /// `[open] access`, with the flags of the request.
    case openAccess(UInt64, OpenRules)
    case socketDenied(SocketEntry, SocketRules)
    case socketNotListed(SocketRequest, SocketRules)
    case peerDenied(ConnectEntry, ConnectRules)
    case peerNotListed(Peer, ConnectRules)
    /// Where peers are limited.
    case portZero(ConnectRules)
    /// 0.0.0.0, where addresses are limited.
    case unspecifiedIPv4(ConnectRules)
    /// `::`, which reaches an address that is denied.
    indirect case reaching(IPAddress, Denial)
  }

  /// A word of flags that breaks a condition.
  package struct FlagDenial: Sendable {
    package enum Breach: Sendable {
      /// Bits without a name that no rule has by number.
      case unknownBits(UInt64)
      case forbidden(Located<Flag>)
      case missing(Located<Flag>)
      /// Bits that no flag of the allow list explains.
      case notListed(UInt64)
    }

    package let word: FlagWord
    /// The flags of the request.
    package let bits: UInt64
    package let rules: FlagRules
    package let breach: Breach
    /// Flags without which the request would be allowed, and that the kernel sets itself before filters run; 0 if the
    /// program set what is denied.
    package let addedByKernel: UInt64
    /// `[open] access`, where it takes part.
    package let open: OpenRules?
  }

  /// What a request asks of socket(2), and what comes to be.
  package struct SocketRequest: Sendable {
    package let socket: EffectiveSocket
    package let askedProtocol: UInt32
  }

  /// Whom a request connects to. A filter sees address and port of IPv4 and IPv6 only.
  package struct Peer: Sendable {
    package let family: UInt32
    package let address: IPAddress?
    package let port: UInt16?
  }
}
