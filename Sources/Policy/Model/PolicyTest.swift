package import Diagnostics

/// `[[test]]`: a request and what the policy must decide about it.
package struct PolicyTest: Sendable {
  package enum Expectation: String, Sendable, CaseIterable {
    case allow
    case deny
  }

  /// As written.
  package let text: String
  package let request: Request
  package let expectation: Expectation
  /// The value of `request`.
  package let requestSpan: SourceSpan
  /// The value of `expect`.
  package let span: SourceSpan

  package init(
    text: String, request: Request, expectation: Expectation, requestSpan: SourceSpan, span: SourceSpan
  ) {
    self.text = text
    self.request = request
    self.expectation = expectation
    self.requestSpan = requestSpan
    self.span = span
  }
}
