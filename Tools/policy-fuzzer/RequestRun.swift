import Diagnostics
import Glibc
import Policy
import PolicyLanguage

/// An input as the text of a request, and as an address in one.
struct RequestRun {
  private let text: String

  init(_ input: [UInt8]) {
    text = String(decoding: input, as: UTF8.self)
  }

  func run() {
    do throws(RequestText.Failure) {
      let request = try RequestText.parse(text)
      expect(ReferenceEvaluator.decide(request, under: []).isAllowed, "without a policy everything is allowed")
    } catch {
      expect(!error.message.isEmpty && error.help?.isEmpty != true, "no text is empty")
    }
    // The C library reads addresses by the same rules. Its text ends at a NUL, and ours at a blank.
    if text.utf8.count <= 64, !text.utf8.contains(where: { $0 == 0 || $0 == 0x20 || $0 == 0x09 }) {
      expectSameAddress("connect to=\(text):1", AF_INET)
      expectSameAddress("connect to=[\(text)]:1", AF_INET6)
    }
  }

  private func expectSameAddress(_ request: String, _ family: Int32) {
    let address: IPAddress? =
      if let parsed = try? RequestText.parse(request), case .submission(let submission) = parsed,
        case .connect(let address, port: 1) = submission.payload
      {
        address
      } else {
        nil
      }
    var bytes = [UInt8](repeating: 0, count: family == AF_INET ? 4 : 16)
    // SAFETY: the buffer has the size of the family's address, and lives through the call as the text does.
    let isAddress = unsafe bytes.withUnsafeMutableBytes { unsafe inet_pton(family, text, $0.baseAddress) } == 1
    let value = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    let expected: IPAddress? =
      !isAddress ? nil : family == AF_INET ? .v4(UInt32(truncatingIfNeeded: value)) : .v6(value)
    expect(address == expected, "'\(request)' is read as the C library reads it")
  }

  /// Requests of every form, on values that rules are likely to tell apart.
  static let samples: [Request] = [
    "nop", "read sqe-flags=fixed_file", "write sqe-flags=io_drain,io_link user_data=18446744073709551615", "255",
    "openat flags=rdonly,cloexec", "openat flags=wronly,creat mode=setuid,owner-read", "openat2 flags=path,directory",
    "openat2 flags=rdwr,tmpfile mode=0x1ff resolve=beneath", "openat2 flags=3 resolve=in_root,no_symlinks",
    "openat2 flags=rdonly,sync,0x8000000000000000 mode=0xffffffffffffffff resolve=64",
    "socket family=inet type=stream", "socket family=inet6 type=dgram,cloexec protocol=udp",
    "socket family=packet type=raw,nonblock protocol=255", "socket family=unix type=seqpacket",
    "connect to=127.0.0.1:80", "connect to=10.0.0.1:443", "connect to=255.255.255.255:65535", "connect to=0.0.0.0:0",
    "connect to=[::]:1", "connect to=[::ffff:169.254.169.254]:80", "connect to=[2001:db8::1]:8080",
    "connect to=[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", "connect family=unix", "connect family=4294967295",
    "register buffers", "register 127",
  ].map { text in
    do throws(RequestText.Failure) {
      return try RequestText.parse(text)
    } catch {
      fatalError("broken promise: '\(text)' is a request: \(error.message)")
    }
  }
}
