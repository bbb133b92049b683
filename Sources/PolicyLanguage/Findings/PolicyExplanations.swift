package import Diagnostics

/// The meaning of every finding about a policy, for `check --explain` and the manual.
package enum PolicyExplanations {
  package static let all: [Explanation] =
    TOMLExplanations.all + FormExplanations.all + MeaningExplanations.all + FileExplanations.all
    + WarningExplanations.all
}
