package import Diagnostics
package import URingABI

/// Conditions on a word of flags: `{ allow = [...], forbid = [...], require = [...] }`. All of them must hold.
package struct FlagRules: Sendable {
  /// Only these flags, and no bit without a name; `nil` allows every flag.
  package let allow: [Located<Flag>]?
  /// None of these.
  package let forbid: [Located<Flag>]
  /// All of these.
  package let require: [Located<Flag>]
  /// The key.
  package let span: SourceSpan?

  package init(
    allow: [Located<Flag>]? = nil, forbid: [Located<Flag>] = [], require: [Located<Flag>] = [],
    span: SourceSpan? = nil
  ) {
    self.allow = allow
    self.forbid = forbid
    self.require = require
    self.span = span
  }

  package static let none = FlagRules()

  /// True if every word of flags satisfies the conditions.
  package var isEmpty: Bool { allow == nil && forbid.isEmpty && require.isEmpty }
}
