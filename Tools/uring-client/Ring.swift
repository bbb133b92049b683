import CLibURing
import CLinuxShims
import Glibc
import URingABI

/// One ring, driven by hand.
@safe
struct Ring: ~Copyable {
  // SAFETY: liburing owns what the structure points to from `init` to `deinit`.
  private let ring: UnsafeMutablePointer<io_uring>

  /// `setupFlags`: `IORING_SETUP_*`.
  init(entries: Int, setupFlags: UInt32) throws(RingError) {
    let ring = UnsafeMutablePointer<io_uring>.allocate(capacity: 1)
    unsafe ring.initialize(to: io_uring())
    var parameters = io_uring_params()
    parameters.flags = setupFlags
    parameters.sq_thread_idle = 100
    // SAFETY: both structures live through the call.
    let result = unsafe io_uring_queue_init_params(UInt32(max(1, entries)), ring, &parameters)
    if result < 0 {
      unsafe ring.deallocate()
      throw RingError(call: "io_uring_setup", errno: -result)
    }
    // From here on `deinit` cleans up.
    unsafe self.ring = unsafe ring
  }

  deinit {
    unsafe io_uring_queue_exit(ring)
    unsafe ring.deallocate()
  }

  /// Takes the close-on-exec mark away and gives the ring up to whatever this process becomes.
  consuming func surviveExecution() {
    let descriptor = unsafe ring.pointee.ring_fd
    if fcntl(descriptor, F_SETFD, 0) < 0 { Main.fail("uring-client: fcntl(F_SETFD) failed\n", status: 2) }
    discard self
  }

  func enable() throws(RingError) {
    let result = unsafe io_uring_enable_rings(ring)
    if result < 0 { throw RingError(call: "io_uring_register(IORING_REGISTER_ENABLE_RINGS)", errno: -result) }
  }

  /// io_uring_register(2) without an argument: the result, or the negated errno.
  func register(_ operation: RegisterOperation) -> Int32 {
    // SAFETY: there is no memory that the call could touch beyond the ring itself.
    unsafe uj_io_uring_register(ring.pointee.ring_fd, UInt32(operation.code), nil, 0)
  }

  /// Copies an entry into the submission queue; the caller asked for a ring with room for it.
  func queue(_ bytes: [UInt8], userData: UInt64?) {
    guard let entry = unsafe io_uring_get_sqe(ring) else { preconditionFailure("the queue has room for every request") }
    // SAFETY: an entry has at least 64 bytes.
    let raw = UnsafeMutableRawPointer(entry)
    for (index, byte) in bytes.enumerated() { unsafe raw.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
    if let userData { unsafe entry.pointee.user_data = userData }
  }

  /// Submits everything queued. A refused request stops a batch, so the rest is submitted again.
  func submitAll() throws(RingError) {
    while unsafe io_uring_sq_ready(ring) > 0 {
      let result = unsafe io_uring_submit(ring)
      if result == -EINTR { continue }
      if result < 0 { throw RingError(call: "io_uring_enter", errno: -result) }
      if result == 0 { return }
    }
  }

  struct Completion {
    let userData: UInt64
    let result: Int32
    let flags: UInt32
  }

  /// The next completion, or `nil` when none came in time.
  func nextCompletion(withinMilliseconds milliseconds: Int64) throws(RingError) -> Completion? {
    var entry: UnsafeMutablePointer<io_uring_cqe>?
    var timeout = __kernel_timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    // SAFETY: the kernel's completion stays valid until it is marked as seen.
    let result = unsafe io_uring_wait_cqe_timeout(ring, &entry, &timeout)
    if result == -ETIME { return nil }
    guard result == 0, let entry = unsafe entry else { throw RingError(call: "io_uring_enter", errno: -result) }
    let completion = unsafe Completion(
      userData: entry.pointee.user_data, result: entry.pointee.res, flags: entry.pointee.flags)
    unsafe io_uring_cqe_seen(ring, entry)
    return completion
  }
}

/// The ring itself could not be used.
struct RingError: Error {
  let call: String
  let errno: Int32

  var name: String {
    // SAFETY: a constant string or NULL.
    guard let name = unsafe uj_errno_name(errno) else { return String(errno) }
    return unsafe String(cString: name)
  }
}
