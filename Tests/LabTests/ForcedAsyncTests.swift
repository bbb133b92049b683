import Testing
import URingABI

/// Which operations the kernel makes asynchronous by itself: filters that deny the flag deny their requests.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct ForcedAsyncTests {
  /// A request that the kernel prepares without an error, and maybe one that it does not make asynchronous.
  private struct Sample {
    let operation: URingABI.Operation?
    let forced: [String]
    let free: [String]

    init(_ name: String, _ forced: [String] = [], free: [String] = []) {
      operation = URingABI.Operation(name: name)
      func requests(_ fields: [String]) -> [String] { fields.map { $0.isEmpty ? name : "\(name) \($0)" } }
      self.forced = requests(forced)
      self.free = requests(free)
    }
  }

  private static let samples = [
    Sample("nop", free: [""]), Sample("readv", free: ["fd=0"]), Sample("writev", free: ["fd=0"]),
    Sample("fsync", ["fd=0"]), Sample("poll_add", free: ["fd=0 op_flags=1"]), Sample("sync_file_range", ["fd=0"]),
    Sample("sendmsg", free: ["fd=0 size=64"]), Sample("recvmsg", free: ["fd=0 size=64"]),
    Sample("timeout", free: ["size=16 len=1"]), Sample("accept", free: ["fd=0"]),
    Sample("async_cancel", free: ["user_data=70000"]), Sample("fallocate", ["fd=0 addr=1"]),
    Sample(
      "openat", ["path=/tmp/x flags=creat", "path=/tmp/x flags=trunc,wronly", "path=/tmp flags=tmpfile,rdwr"],
      free: ["path=/etc/passwd", "path=/etc/passwd flags=path"]),
    Sample("close", free: ["fd=99"]), Sample("files_update", free: ["size=8"]),
    Sample("statx", ["fd=0xffffff9c path=/etc/passwd"]), Sample("read", free: ["fd=0 size=1"]),
    Sample("write", free: ["fd=0 data=x"]),
    Sample(
      "fadvise", ["fd=0 op_flags=3", "fd=0 op_flags=4", "fd=0 op_flags=5"],
      free: ["fd=0 op_flags=0", "fd=0 op_flags=1", "fd=0 op_flags=2"]),
    Sample("madvise", ["op_flags=4"]), Sample("send", free: ["fd=0"]), Sample("recv", free: ["fd=0"]),
    Sample(
      "openat2", ["path=/tmp/x flags=creat", "path=/tmp/x flags=trunc,wronly", "path=/tmp flags=tmpfile,rdwr"],
      free: ["path=/etc/passwd", "path=/etc/passwd flags=path"]),
    Sample("epoll_ctl", free: ["fd=0 size=12"]), Sample("splice", ["fd=0"]),
    Sample("provide_buffers", free: ["size=64 len=1 fd=1"]), Sample("tee", ["fd=0"]), Sample("shutdown", ["fd=0"]),
    Sample("renameat", ["fd=0xffffff9c len=0xffffff9c path=/tmp/x path2=/tmp/y"]),
    Sample("unlinkat", ["fd=0xffffff9c path=/tmp/x"]), Sample("mkdirat", ["fd=0xffffff9c path=/tmp/x"]),
    Sample("symlinkat", ["fd=0xffffff9c path=/tmp/x path2=/tmp/y"]),
    Sample("linkat", ["fd=0xffffff9c len=0xffffff9c path=/tmp/x path2=/tmp/y"]), Sample("msg_ring", free: ["fd=0"]),
    Sample("fsetxattr", ["fd=0 path=user.x path2=y"]), Sample("setxattr", ["path=user.x path2=y path3=/tmp/x"]),
    Sample("fgetxattr", ["fd=0 path=user.x path2=y"]), Sample("getxattr", ["path=user.x path2=y path3=/tmp/x"]),
    Sample("socket", free: ["family=unix type=stream"]), Sample("send_zc", free: ["fd=0"]),
    Sample("fixed_fd_install", free: ["fd=0 sqe-flags=fixed_file"]), Sample("ftruncate", ["fd=0 off=1"]),
    Sample("bind", free: ["fd=0"]), Sample("listen", free: ["fd=0"]), Sample("pipe", free: ["size=8"]),
  ]

  @Test func listIsWhatTheKernelDoes() throws {
    let operations = try Self.samples.map { try #require($0.operation) }
    let names = operations.map { "\"\($0.name)\"" }.joined(separator: ", ")
    let policy =
      "policy = 1\n[operations]\nallow = [\(names)]\nflags = { forbid = [\"async\"] }\n[kernel]\nrestrictions = \"never\"\n"
    for (sample, operation) in zip(Self.samples, operations) {
      switch operation.forcedAsync {
      case .always: #expect(!sample.forced.isEmpty && sample.free.isEmpty, "\(operation.name)")
      case .whereFilesChange, .whereAdviceIsSlow:
        #expect(!sample.forced.isEmpty && !sample.free.isEmpty, "\(operation.name)")
      case .never: #expect(sample.forced.isEmpty && !sample.free.isEmpty, "\(operation.name)")
      }
    }
    let forced = Self.samples.flatMap(\.forced)
    let free = Self.samples.flatMap(\.free)
    let ended = try endings(policy, requests: forced + free, options: ["--one-by-one"])
    for (request, ending) in zip(forced + free, ended) {
      #expect((ending == .denied) == forced.contains(request), "\(request) ended with \(ending)")
    }
    // Every operation of the list is among them.
    for operation in URingABI.Operation.known where operation.forcedAsync != .never {
      #expect(operations.contains(operation), "\(operation.name)")
    }
  }

  /// Restrictions look at the entry itself; inside another jail there are none.
  @Test func restrictionsDoNotSeeIt() throws {
    let flags = "flags = { forbid = [\"async\"] }\n"
    let policy = allowing("fsync", also: flags)
    #expect(try endings(policy, requests: ["fsync fd=0"]) != [.denied])
    #expect(try endings(allowing("fsync"), policy, requests: ["fsync fd=0"]) == [.denied])
    #expect(try endings(policy + "[operation.fsync]\n\(flags)", requests: ["fsync fd=0"]) == [.denied])
  }
}
