import Foundation
import Testing

/// Every claim in the lists of SECURITY.md names tests, and they exist.
struct SecurityClaimTests {
  private let text: String

  init() throws {
    text = try String(contentsOf: ManualPage.root.appending(path: "SECURITY.md"), encoding: .utf8)
  }

  /// `Suite.test` of every test in Tests/: the function's name, behind the suite that it is in.
  private static let tests: Set<String> = {
    let folder = ManualPage.root.appending(path: "Tests")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
    var tests: Set<String> = []
    for file in files ?? [] where file.pathExtension == "swift" {
      var suite: Substring?
      var isMarked = false
      for line in ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n") {
        if let match = line.firstMatch(of: /^(?:@Suite )?(?:struct|extension) (\w+)/) {
          suite = match.output.1
        }
        if line.contains("@Test") { isMarked = true }
        guard let match = line.firstMatch(of: /\bfunc (\w+)\(/) else { continue }
        if isMarked, let suite { tests.insert("\(suite).\(match.output.1)") }
        isMarked = false
      }
    }
    return tests
  }()

  /// The items of every list, with all their lines.
  private var items: [String] {
    var items: [String] = []
    var isOpen = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("- ") {
        items.append(String(line))
        isOpen = true
      } else if isOpen, line.hasPrefix("  "), !items.isEmpty {
        items[items.count - 1] += "\n" + line
      } else {
        isOpen = false
      }
    }
    return items
  }

  private static func names(in text: String) -> [Substring] {
    text.matches(of: /<!-- tests: ([^>]*) -->/).flatMap { $0.output.1.split(whereSeparator: \.isWhitespace) }
  }

  @Test func everyItemNamesItsTests() {
    #expect(items.count >= 25)
    for item in items {
      #expect(!Self.names(in: item).isEmpty, "\(item)")
    }
  }

  @Test func everyTestThatIsNamedExists() throws {
    // "none", and why, where nothing is promised: once.
    let withoutTests = items.filter { $0.contains("<!-- tests: none;") }
    #expect(withoutTests.count == 1 && withoutTests[0].hasPrefix("- bugs inside the operations"))
    // Only the outcome goes into the message: the names of all tests would drown it.
    let count = Self.tests.count
    #expect(count > 700)
    let names = Self.names(in: text.replacing(/<!-- tests: none;[^>]*-->/, with: ""))
    #expect(names.count >= 60)
    let missing = names.filter { !Self.tests.contains(String($0)) }
    #expect(missing.isEmpty)
  }
}
