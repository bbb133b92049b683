package import BPF
import Diagnostics
import FilterAnalysis
package import Policy
package import URingABI

/// Which rules of the policies decide where in a program.
///
/// For each way out of an instruction there is a request that takes it, if any does; the reference evaluator says which
/// rule decides that request. So an annotation is an example, and never a guess about how the program came to be.
package struct Annotation: Sendable {
  /// What a conditional jump leads to, and an example of a request that goes there.
  package struct Way: Sendable {
    package let request: Request
    package let decision: Decision
  }

  /// An instruction that some request comes by.
  package struct Line: Sendable {
    /// Of a conditional jump whose condition holds, and one whose condition does not; of others, the first only.
    package let taken: Way?
    package let other: Way?
  }

  /// By instruction; empty if the program is too large to look through.
  package let lines: [Line]

  /// `policies`: all of them must allow.
  package init(of program: Program, for operation: Operation, _ policies: [Policy]) {
    lines = (try? Self.lines(program, operation, policies)) ?? []
  }

  private static func lines(
    _ program: Program, _ operation: Operation, _ policies: [Policy]
  ) throws(AnalysisLimit) -> [Line] {
    var rules = RuleFunctions(operation, mostFunctions: Proof.mostFunctions)
    let possible = try rules.functions.and(try rules.possible(), try rules.hasFlagsOfTheKernel())
    let execution = try SymbolicExecution(program, rules.context, in: &rules.functions)
    let visits = try execution.visits(within: possible, in: &rules.functions)
    var lines: [Line] = []
    for visit in visits {
      let notTaken = try rules.functions.and(visit.reached, try rules.functions.not(visit.taken))
      lines.append(
        Line(
          taken: way(visit.taken, rules, policies), other: way(notTaken, rules, policies)))
    }
    return lines
  }

  private static func way(
    _ function: BooleanFunctions.Function, _ rules: RuleFunctions, _ policies: [Policy]
  ) -> Way? {
    guard let example = rules.functions.example(of: function) else { return nil }
    let context = rules.context.context(setting: example)
    let request = Request.submission(Submission(rules.context.operation, context: context))
    return Way(request: request, decision: ReferenceEvaluator.decide(request, under: policies))
  }
}
