package import Diagnostics

extension Decision {
  /// The rule that decided. Where it was the absence of one, the table or list that would have had to hold it; `nil`
  /// if the policy has not even that.
  package var rule: SourceSpan? {
    switch self {
    case .allowed(let permission): permission.rule
    case .denied(let denial): denial.rule
    }
  }
}

extension Decision.Permission {
  fileprivate var rule: SourceSpan? {
    switch self {
    case .noPolicy, .registerUnrestricted: nil
    case .registerNotDenied(let rules): rules.span
    case .registerListed(let operation): operation.span
    case .operationListed(let operation): operation.span
    case .operationByDefault(let rules): rules.span
    case .openSatisfied(let rules): rules.span
    case .openAccess(let access): access.span
    case .socketNotDenied(let rules): rules.span
    case .socketListed(let entry): entry.span
    case .peerNotDenied(let rules): rules.span
    case .peerListed(let entry): entry.span
    }
  }
}

extension Decision.Denial {
  package var rule: SourceSpan? {
    switch self {
    case .registerDenied(let operation, _): operation.span
    case .registerNotListed(_, let rules): rules.span
    case .operationDenied(let operation, _): operation.span
    case .operationNotListed(_, let rules): rules.span
    case .flags(let denial): denial.rule
    case .userData(_, let conditions): conditions.span
    case .openAccess(_, let rules): rules.access?.first?.span ?? rules.span
    case .socketDenied(let entry, _): entry.span
    case .socketNotListed(_, let rules): rules.span
    case .peerDenied(let entry, _): entry.span
    case .peerNotListed(_, let rules): rules.span
    case .portZero(let rules), .unspecifiedIPv4(let rules): rules.span
    case .reaching(_, let denial): denial.rule
    }
  }
}

extension Decision.FlagDenial {
  fileprivate var rule: SourceSpan? {
    switch breach {
    case .unknownBits, .notListed: rules.span
    case .forbidden(let flag), .missing(let flag): flag.span
    }
  }
}
