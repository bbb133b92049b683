import Diagnostics
import FilterCompiler
import Kernel

/// The policies of a launch, read and trusted: what `run` does first, and `probe --policy` as well.
struct LoadedPolicies {
  let combined: CombinedPolicy
  let sources: [SourceText]

  /// Why there is nothing to launch with.
  struct Failure: Error {
    let message: String
    let help: String?
    var diagnostics: [Diagnostic] = []
    var sources: [SourceText] = []
  }

  init(_ policies: [PolicyReference], acceptsUntrusted: Bool, calls: any SystemCalls) throws(Failure) {
    let set: PolicySet
    do throws(PolicySet.Failure) {
      set = try PolicySet.load(
        policies, trust: acceptsUntrusted ? .accept : .refuse, isLaunch: true, calls: calls)
    } catch {
      throw Failure(message: error.message, help: error.help)
    }
    if set.diagnostics.hasErrors {
      throw Self.failure(set, set.diagnostics.filter { $0.severity == .error })
    }
    combined = set.combined
    sources = set.sources
  }

  private static func failure(_ set: PolicySet, _ errors: [Diagnostic]) -> Failure {
    Failure(
      message: "the policy has \(errors.count == 1 ? "an error" : "\(errors.count) errors")", help: nil,
      diagnostics: errors, sources: set.sources)
  }

  /// What is said of a policy when that is done.
  static func done(_ policy: PolicyReference) -> String { "read the policy '\(policy.description)'" }
}
