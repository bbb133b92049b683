import CLibCap
import Policy
import Testing

/// The names of capabilities are the language's own, so that a policy means the same whichever library reads it.
struct CapabilityNameTests {
  /// As libcap has it: `cap_chown`, or the number of one that it has no name for.
  private func libraryName(_ number: Int) -> String? {
    // SAFETY: libcap returns a text that ends with a zero, and that the caller gives back.
    guard let text = unsafe cap_to_name(cap_value_t(number)) else { return nil }
    defer { unsafe _ = cap_free(text) }
    return unsafe String(cString: text)
  }

  @Test func namesAreThoseOfTheLibrary() {
    for number in 0...Int(Capability.largest) {
      let ours = number < Capability.names.count ? "cap_\(Capability.names[number])" : String(number)
      #expect(libraryName(number) == ours)
    }
  }
}
