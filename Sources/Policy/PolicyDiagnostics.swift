package import Diagnostics

/// The kinds of finding about what a policy says. The names are stable; scripts may rely on them.
package enum PolicyDiagnostics {
  package static let missingVersion = Diagnostic.ID("policy-version-missing")
  package static let unsupportedVersion = Diagnostic.ID("policy-version-unsupported")
  package static let unknownKey = Diagnostic.ID("unknown-key")
  package static let unknownName = Diagnostic.ID("unknown-name")
  package static let wrongType = Diagnostic.ID("wrong-type")
  package static let outOfRange = Diagnostic.ID("number-out-of-range")
  package static let emptyList = Diagnostic.ID("empty-list")
  package static let emptyEntry = Diagnostic.ID("empty-entry")
  package static let missingKey = Diagnostic.ID("missing-key")
  package static let conditionsWithoutOperation = Diagnostic.ID("conditions-without-operation")

  package static let all = [
    missingVersion, unsupportedVersion, unknownKey, unknownName, wrongType, outOfRange, emptyList, emptyEntry,
    missingKey, conditionsWithoutOperation,
  ]
}
