import Diagnostics
import Policy
import TOMLSyntax
import URingABI

/// What tables need of `[operations]`.
extension PolicyDecoder {
  /// Conditions allow nothing by themselves: a table for an operation that is denied anyway is a mistake.
  mutating func checkConditionsHaveOperations(_ policy: Policy) {
    let operations = policy.operations
    func isDenied(_ operation: Operation) -> Bool { !operations.permits(operation) }
    for operation in Operation.withArguments where isDenied(operation) {
      let rules = policy.argumentRules(of: operation)
      guard let table = rules.table, let span = rules.span else { continue }
      let narrowed = Operation.withArguments.filter { policy.argumentRules(of: $0).table == table }
      // Once for each table, at its last operation.
      guard narrowed.allSatisfy(isDenied), narrowed.last == operation else { continue }
      let names = narrowed.map { "'\($0.name)'" }
      reportWithoutOperation(
        "[\(table)]",
        names.count == 1
          ? "the operation \(names[0]) is not allowed" : "neither \(names.joined(separator: " nor ")) is allowed",
        operation, span, operations)
    }
    for conditions in policy.conditions where isDenied(conditions.operation.value) {
      let operation = conditions.operation.value
      reportWithoutOperation(
        "[operation.\(operation.name)]", "the operation is not allowed", operation, conditions.span, operations)
    }
  }

  private mutating func reportWithoutOperation(
    _ place: String, _ why: String, _ operation: Operation, _ span: SourceSpan, _ operations: OperationRules
  ) {
    let denial = operations.deny.first { $0.value == operation }
    reader.report(
      PolicyDiagnostics.conditionsWithoutOperation, "\(place) has no effect: \(why)", at: span,
      notes: denial.map { [Diagnostic.Note("'\(operation.name)' is denied here", at: $0.span)] } ?? [],
      help: denial == nil
        ? "conditions allow nothing by themselves: add \"\(operation.name)\" to [operations] allow, or remove \(place)"
        : "remove \(place), or the denial")
  }
}
