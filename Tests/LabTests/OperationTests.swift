import Foundation
import Testing

/// `[operations]`: what is allowed works, everything else completes with EACCES and has no effect.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct OperationTests {
  /// An outer jail that takes nothing away that is tested here, but makes the kernel refuse restrictions, so that the
  /// inner policy is registered as filters only.
  static let outer = "policy = 1\n[operations]\ndefault = \"allow\"\ndeny = [\"tee\"]\n"

  @Test func allowedOperationsWorkAndOthersAreDenied() throws {
    let ended = try endings(
      allowing("nop", "read"), requests: ["nop", "read fd=0 size=16", "openat path=/proc/self/status", "timeout"])
    #expect(ended == [.success, .success, .denied, .denied])
  }

  @Test func deniedOpenCreatesNoFile() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/new"
    let request = "openat path=\(path) flags=wronly,creat mode=0x1a4"
    #expect(try endings(allowing("nop"), requests: [request]) == [.denied])
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try endings(allowing("openat"), requests: [request]) == [.success])
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test func denialWinsOverPermission() throws {
    let policy = "policy = 1\n[operations]\nallow = [\"nop\", \"openat\"]\ndeny = [\"openat\"]\n"
    #expect(try endings(policy, requests: ["nop", "openat path=/"]) == [.success, .denied])
  }

  @Test func denyListLeavesTheRestAllowed() throws {
    let policy = "policy = 1\n[operations]\ndefault = \"allow\"\ndeny = [\"socket\"]\n"
    let requests = ["nop", "socket family=inet type=stream", "openat path=/proc/self/status"]
    #expect(try endings(policy, requests: requests) == [.success, .denied, .success])
  }

  @Test func operationsCanBeWrittenAsNumbers() throws {
    // 0 is nop; 200 is an operation that no kernel has.
    let policy = "policy = 1\n[operations]\nallow = [0, 0x16, 200]\n"
    #expect(
      try endings(policy, requests: ["nop", "read fd=0 size=1", "openat path=/"]) == [.success, .success, .denied])
  }

  @Test func emptyPolicyDeniesEveryOperationOfTheKernel() throws {
    let requests = (0..<65).map { "\($0)" }
    let ended = try endings("policy = 1", requests: requests, options: ["--setup", "sqe128", "--one-by-one"])
    #expect(ended == requests.map { _ in .denied })
  }

  @Test func emptyPolicyInsideAnotherJailLetsNoOperationSucceed() throws {
    let requests = (0..<65).map { "\($0)" }
    let ended = try endings(
      Self.outer, "policy = 1", requests: requests, options: ["--setup", "sqe128", "--one-by-one"])
    // A filter runs after the operation's own checks, so a request of zeros may fail in those first.
    #expect(!ended.contains(.success))
    #expect(ended[0] == .denied)
  }

  @Test(arguments: ["nop", "read fd=0 size=16", "openat path=/", "openat2 path=/", "socket family=unix type=stream"])
  func filtersOnlyDecidesAsRestrictionsDo(request: String) throws {
    let operation = String(request.prefix { $0 != " " })
    for policy in [allowing("nop"), allowing("read", "openat"), allowing(operation), allowing("openat2", "socket")] {
      let direct = try endings(policy, requests: [request])
      let nested = try endings(Self.outer, policy, requests: [request])
      #expect(direct == nested, "\(policy)")
    }
  }

  @Test func policyThatAllowsEverythingChangesNothing() throws {
    let policy = "policy = 1\n[operations]\ndefault = \"allow\"\n"
    let requests = ["nop", "openat path=/", "socket family=inet type=raw protocol=icmp"]
    #expect(try endings(policy, requests: requests) == [.success, .success, .success])
  }
}
