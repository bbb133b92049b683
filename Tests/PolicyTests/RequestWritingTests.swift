import Policy
import PolicyLanguage
import TestSupport
import Testing
import URingABI

/// A request that is written can be read again.
struct RequestWritingTests {
  private static let operations: [Operation] = [.openat, .openat2, .socket, .connect, Operation(code: 22)]

  @Test(arguments: 0..<60 as Range<UInt64>)
  func writtenRequestsAreReadAgain(seed: UInt64) throws {
    var random = RandomPolicy(seed: seed)
    for operation in Self.operations {
      let policy = random.policy(for: operation)
      for sample in BoundaryRequests(operation, under: [policy], seed: seed, limit: 50).samples {
        guard let submission = Self.possible(sample.submission) else { continue }
        let request = Request.submission(submission)
        #expect(try RequestText.parse(request.text) == request, "\(request.text)")
      }
    }
  }

  /// The request as the kernel shows it after its own preparation; `nil` for one that no program can make.
  private static func possible(_ submission: Submission) -> Submission? {
    var payload = submission.payload
    switch payload {
    case .open(let flags, let mode, let resolve):
      payload = Submission.opening(submission.operation, flags: flags, mode: mode, resolve: resolve)
    case .connectElsewhere(let family) where family == SocketConstants.inet || family == SocketConstants.inet6:
      return nil
    case .connectElsewhere(let family) where family > 0xFFFF: return nil
    case .socket(_, let type, _) where type & ~(0xF | UInt32(OpenConstants.closeOnExec | OpenConstants.nonblock)) != 0:
      return nil
    default: break
    }
    return Submission(submission.operation, payload, flags: submission.flags, userData: submission.userData)
  }

  @Test(arguments: [
    "openat2 flags=rdonly,cloexec resolve=beneath", "openat2 flags=nofollow,path",
    "openat flags=wronly,creat mode=setuid",
    "openat2 flags=0x3", "openat2 flags=rdonly,0x100000",
    "socket family=inet6 type=dgram,cloexec,nonblock protocol=udp",
    "connect to=[2001:db8::1]:443", "connect to=192.0.2.1:0", "connect family=unix", "read sqe-flags=fixed_file,async",
    "nop user_data=18446744073709551615", "200", "register buffers",
  ])
  func usualRequestsAreWrittenAsPeopleDo(text: String) throws {
    #expect(try RequestText.parse(text).text == text)
  }

  /// Who makes the request leaves it to the kernel to drop what it drops.
  @Test func writtenRequestIsNotPreparedYet() throws {
    let text = "openat flags=rdonly,0x10000000 mode=0o777"
    let written = Submission(.openat, .open(flags: 0x1000_0000, mode: 0o777, resolve: 0))
    let prepared = Submission(.openat, .open(flags: OpenConstants.largeFile, mode: 0, resolve: 0))
    #expect(try RequestText.written(text) == .submission(written))
    #expect(try RequestText.parse(text) == .submission(prepared))
    #expect(try RequestText.written("nop user_data=7") == RequestText.parse("nop user_data=7"))
    #expect(try RequestText.written("register buffers") == RequestText.parse("register buffers"))
  }
}
