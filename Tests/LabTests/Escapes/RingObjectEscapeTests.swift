import Testing

/// What rings keep: tables of files, buffers, credentials; and messages from one to another.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct RingObjectEscapeTests {
  static let policy = allowing("nop")

  @Test func fixedFile() throws { try Escape("fixed-file").expectDenied(under: Self.policy) }

  @Test func directDescriptor() throws { try Escape("direct-descriptor").expectDenied(under: Self.policy) }

  @Test func directDescriptorUnderConditions() throws {
    try Escape("direct-descriptor").expectDenied(
      under: allowing(
        "openat", "socket", also: "[open]\naccess = [\"write\"]\n[socket]\nallow = [{ family = \"unix\" }]"))
  }

  @Test func filesUpdate() throws { try Escape("files-update").expectDenied(under: Self.policy) }

  @Test func fixedFileDescriptorInstall() throws { try Escape("fixed-fd-install").expectDenied(under: Self.policy) }

  @Test func commandToASocket() throws { try Escape("uring-cmd").expectDenied(under: Self.policy) }

  @Test func messageToARing() throws { try Escape("msg-ring").expectDenied(under: Self.policy) }

  @Test func personality() throws { try Escape("personality").expectDenied(under: Self.policy) }

  @Test func registeredRing() throws { try Escape("registered-ring").expectDenied(under: Self.policy) }

  @Test func resizedRing() throws { try Escape("resized-ring").expectDenied(under: Self.policy) }
}
