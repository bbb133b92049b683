import Foundation
import Testing

/// A real program that is not ours: fio with `ioengine=io_uring` under the example policy that lets it read.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct FioTests {
  static let example = "\(Lab.root)examples/fio-read-only.toml"

  @Test func readJobSucceedsUnderTheReadOnlyPolicy() throws {
    let outcome = try fio("read")
    #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
    #expect(outcome.output.contains("read: IOPS="))
  }

  @Test func writeJobFailsWithPermissionDenied() throws {
    let outcome = try fio("write")
    #expect(outcome.status != 0)
    #expect((outcome.output + outcome.errors).contains("Permission denied"), "\(outcome.errors)\(outcome.output)")
  }

  @Test func writeJobSucceedsWithoutTheJail() throws {
    let outcome = try fio("write", jailed: false)
    #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
  }

  private func fio(_ direction: String, jailed: Bool = true) throws -> Outcome {
    let folder = try TemporaryFolder()
    let size = 256 << 10
    let data = try folder.create("data", String(repeating: "x", count: size))
    let policy = try folder.create("fio.toml", String(contentsOfFile: Self.example, encoding: .utf8))
    let command = [
      "fio", "--name=job", "--ioengine=io_uring", "--rw=\(direction)", "--filename=\(data.path(percentEncoded: false))",
      "--size=\(size)", "--bs=4k", "--iodepth=8", "--thread", "--overwrite=1",
    ]
    return try run(
      (jailed ? [Lab.jail, "--policy", policy.path(percentEncoded: false), "--"] : []) + command,
      directory: folder.path)
  }
}
