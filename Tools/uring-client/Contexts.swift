import CLinuxShims
import Glibc

/// Puts the client where the requests shall come from: a thread, a child, a program executed anew, in the order asked.
struct Contexts {
  let arguments: [String]
  let options: ClientOptions

  func run() -> Int32 {
    var status: Int32 = 0
    switch options.contexts.first {
    case nil, .here: status = Client(options: options).run()
    case .thread: status = inThread()
    case .fork: status = Self.inChild { inner.run() }
    case .exec: becomeAnew(without: "--exec")
    case .handOverRing:
      do throws(RingError) {
        try Ring(entries: 1, setupFlags: options.setupFlags).surviveExecution()
      } catch {
        Main.fail("uring-client: \(error.call): \(error.name)\n", status: 2)
      }
      become(options.command[0], options.command)
    case .execAfterRing:
      do throws(RingError) {
        let ring = try Ring(entries: 1, setupFlags: 0)
        ring.queue([UInt8](repeating: 0, count: 64), userData: nil)
        try ring.submitAll()
        _ = try ring.nextCompletion(withinMilliseconds: options.waitMilliseconds)
      } catch {
        Main.fail("uring-client: \(error.call): \(error.name)\n", status: 2)
      }
      becomeAnew(without: "--exec-after-ring")
    }
    return status
  }

  private var inner: Contexts {
    var options = options
    options.contexts.removeFirst()
    return Contexts(arguments: arguments, options: options)
  }

  private final class Box {
    let contexts: Contexts
    var status: Int32 = 1

    init(_ contexts: Contexts) {
      self.contexts = contexts
    }
  }

  private func inThread() -> Int32 {
    var thread = pthread_t()
    let box = Box(inner)
    // SAFETY: the box outlives the thread, which is joined before it is read.
    let result = unsafe pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer = unsafe pointer else { return nil }
        let box = unsafe Unmanaged<Box>.fromOpaque(pointer).takeUnretainedValue()
        box.status = box.contexts.run()
        return nil
      }, Unmanaged.passUnretained(box).toOpaque())
    guard result == 0, pthread_join(thread, nil) == 0 else { Main.fail("uring-client: no thread\n", status: 2) }
    return box.status
  }

  /// The exit status of a forked child that does this.
  static func inChild(_ body: () -> Int32) -> Int32 {
    let child = uj_fork()
    if child == 0 { exit(body()) }
    guard child > 0 else { Main.fail("uring-client: fork failed\n", status: 2) }
    var status: Int32 = 0
    // SAFETY: the kernel writes one integer.
    while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  private func becomeAnew(without option: String) -> Never {
    var rest = arguments
    if let index = rest.firstIndex(of: option) { rest.remove(at: index) }
    become("/proc/self/exe", ["uring-client"] + rest)
  }

  private func become(_ path: String, _ arguments: [String]) -> Never {
    // SAFETY: the strings are copies that nobody frees, and a NULL ends the vector.
    var vector: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
    unsafe execvp(path, &vector)
    Main.fail("uring-client: cannot execute '\(path)'\n", status: 2)
  }
}
