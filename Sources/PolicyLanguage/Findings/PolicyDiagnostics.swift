package import Diagnostics

/// The kinds of finding about what a policy says. The names are stable; scripts may rely on them.
/// `DiagnosticCatalogue` tells what each means.
package enum PolicyDiagnostics {
  // Errors of form.
  package static let missingVersion = Diagnostic.ID("policy-version-missing")
  package static let unsupportedVersion = Diagnostic.ID("policy-version-unsupported")
  package static let unknownKey = Diagnostic.ID("unknown-key")
  package static let missingKey = Diagnostic.ID("missing-key")
  package static let unknownName = Diagnostic.ID("unknown-name")
  package static let wrongType = Diagnostic.ID("wrong-type")
  package static let outOfRange = Diagnostic.ID("number-out-of-range")
  package static let emptyList = Diagnostic.ID("empty-list")
  package static let emptyEntry = Diagnostic.ID("empty-entry")
  package static let invalidPort = Diagnostic.ID("invalid-port")
  package static let invalidAddress = Diagnostic.ID("invalid-address")
  package static let hostBits = Diagnostic.ID("host-bits-set")
  package static let invalidRequest = Diagnostic.ID("invalid-request")
  package static let decimalMode = Diagnostic.ID("decimal-mode")

  // Errors of meaning.
  package static let contradictoryFlags = Diagnostic.ID("contradictory-flags")
  package static let flagWithoutEffect = Diagnostic.ID("flag-not-restrictable")
  package static let flagOfTheKernel = Diagnostic.ID("flag-set-by-kernel")
  package static let conditionsWithoutOperation = Diagnostic.ID("conditions-without-operation")
  package static let groupCycle = Diagnostic.ID("group-cycle")
  package static let groupRedefined = Diagnostic.ID("group-redefined")
  package static let testFailed = Diagnostic.ID("test-failed")

  /// A warning where it is warnings that are too many.
  package static let tooManyFindings = Diagnostic.ID("too-many-findings")

  // Errors of files.
  package static let notAPolicy = Diagnostic.ID("not-a-policy")
  package static let unreadable = Diagnostic.ID("policy-unreadable")
  package static let includeUnreadable = Diagnostic.ID("include-unreadable")
  package static let includeCycle = Diagnostic.ID("include-cycle")
  package static let tooManyIncludes = Diagnostic.ID("too-many-includes")
  package static let conflictingValues = Diagnostic.ID("conflicting-values")

  // Warnings.
  package static let defaultAllow = Diagnostic.ID("default-allow")
  package static let peerUnchecked = Diagnostic.ID("peer-unchecked")
  package static let resolveUnchecked = Diagnostic.ID("resolve-unchecked")
  package static let riskyOperation = Diagnostic.ID("risky-operation")
  package static let rawSocket = Diagnostic.ID("raw-socket")
  package static let alwaysTrue = Diagnostic.ID("condition-always-true")
  package static let neverTrue = Diagnostic.ID("condition-never-true")
  package static let shadowed = Diagnostic.ID("entry-shadowed")
  package static let duplicateName = Diagnostic.ID("duplicate-name")
  package static let registerUnrestricted = Diagnostic.ID("register-unrestricted")
  package static let localReachable = Diagnostic.ID("local-network-reachable")
  package static let mappedPrefix = Diagnostic.ID("mapped-prefix")
  package static let newerKernel = Diagnostic.ID("needs-newer-kernel")
  package static let forcedAsync = Diagnostic.ID("forced-async")
  package static let fixedFileInput = Diagnostic.ID("fixed-file-input")
  package static let sourceRoute = Diagnostic.ID("source-route")
  package static let helperProgram = Diagnostic.ID("helper-program")
  package static let unusedGroup = Diagnostic.ID("unused-group")
  package static let unproven = Diagnostic.ID("not-proven")
  package static let openUnrestricted = Diagnostic.ID("open-unrestricted")
  package static let registerBypassed = Diagnostic.ID("register-bypassed")
  package static let failsOpen = Diagnostic.ID("fails-open")
  package static let protocolAlone = Diagnostic.ID("protocol-alone")
  package static let unusedAcceptance = Diagnostic.ID("unused-acceptance")
  package static let untrustedFile = Diagnostic.ID("untrusted-file")

  package static let all = [
    missingVersion, unsupportedVersion, unknownKey, missingKey, unknownName, wrongType, outOfRange, emptyList,
    emptyEntry, invalidPort, invalidAddress, hostBits, invalidRequest, contradictoryFlags, flagWithoutEffect,
    flagOfTheKernel, decimalMode, conditionsWithoutOperation, groupCycle, groupRedefined, testFailed, tooManyFindings,
    notAPolicy, unreadable,
    includeUnreadable, includeCycle, tooManyIncludes, conflictingValues, defaultAllow, peerUnchecked, resolveUnchecked,
    riskyOperation, rawSocket,
    alwaysTrue, neverTrue, shadowed, duplicateName, registerUnrestricted, localReachable, mappedPrefix, newerKernel,
    forcedAsync, fixedFileInput, sourceRoute, helperProgram, unusedGroup,
    openUnrestricted, registerBypassed, failsOpen, protocolAlone, unproven, unusedAcceptance, untrustedFile,
  ]
}
