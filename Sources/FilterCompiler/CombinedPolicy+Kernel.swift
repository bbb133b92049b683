package import Diagnostics
import Policy
package import URingABI

extension CombinedPolicy {
  /// The policy as a kernel can enforce it: operations are denied whole whose conditions are about data that the kernel
  /// does not show, where the policy says so.
  ///
  /// - Throws: the condition that cannot be enforced, where the policy does not say so.
  package func adapted(to abilities: KernelAbilities) throws(CompilationFailure) -> CombinedPolicy {
    let hidden = try hiddenOperations(from: abilities)
    return hidden.isEmpty ? self : denying(hidden)
  }

  /// Permitted operations with conditions on data that the kernel does not show, all of which may be denied whole.
  package func hiddenOperations(from abilities: KernelAbilities) throws(CompilationFailure) -> [Operation] {
    var hidden: [Operation] = []
    for operation in Operation.withArguments where permits(operation) {
      let conditions = argumentConditions(on: operation)
      if conditions.isEmpty || abilities.payloadSizes[operation] ?? 0 >= operation.arguments.size { continue }
      if let condition = conditions.first(where: { !$0.mayDenyOperation }) {
        throw CompilationFailure(unfilterable: operation, at: condition.span)
      }
      hidden.append(operation)
    }
    return hidden
  }
}

extension CompilationFailure {
  package static let unfilterable = Diagnostic.ID("unfilterable")

  init(unfilterable operation: Operation, at span: SourceSpan) {
    let name = operation.name
    let newer = operation.arguments.since.map { "boot Linux \($0) or newer, or " } ?? ""
    self.init(
      Diagnostic(
        Self.unfilterable, "this kernel does not show filters the arguments of '\(name)'", at: span,
        help: newer + "write unfilterable = \"deny-operation\" in [kernel] to deny '\(name)' on kernels like this one"))
  }
}
