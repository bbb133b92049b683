import ArgumentParser
import Diagnostics
import Kernel
import Policy

/// The policies that `check`, `test` and their like look at.
struct PolicyArguments: ParsableArguments {
  @Argument(help: ArgumentHelp("Paths or names of policies, - for standard input.", valueName: "policy"))
  var policies: [String] = []

  var references: [PolicyReference] { policies.map { PolicyReference(argument: Array($0.utf8)) } }

  func validate() throws {
    if policies.contains("") { throw ValidationError("The path of a policy is empty") }
    if policies.count(where: { $0 == "-" }) > 1 {
      throw ValidationError("Standard input can be read only once, but '-' is given twice")
    }
  }
}
