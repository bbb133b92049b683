private import CLinuxShims
private import Glibc
import URingABI

/// Rings of one entry, for trials in a forked child: they live, with their memory, until the child ends.
enum TrialRing {
  /// Submits one request on a new ring and waits for it: its result, an error negated.
  ///
  /// `entry`: the submission queue entry, 64 bytes.
  static func result(of entry: [UInt8]) throws(Errno) -> Int32 {
    precondition(entry.count == 64, "an entry of a ring without IORING_SETUP_SQE128 has 64 bytes")
    var layout = uj_ring_layout()
    // SAFETY: the shim fills the structure, which lives through the call.
    let ring = try check(unsafe uj_io_uring_setup(0, &layout))
    // SAFETY: a ring of one entry keeps each of the three parts in its first page, at the offsets that the kernel gave;
    // nobody else uses the ring, and the memory stays mapped until the process ends.
    unsafe try memory(of: ring, at: UJ_OFF_SQES).copyMemory(from: entry, byteCount: entry.count)
    let submissions = unsafe try memory(of: ring, at: UJ_OFF_SQ_RING)
    let completions = unsafe try memory(of: ring, at: UJ_OFF_CQ_RING)
    unsafe submissions.storeBytes(of: 0, toByteOffset: Int(layout.sq_array), as: UInt32.self)
    unsafe submissions.storeBytes(of: 1, toByteOffset: Int(layout.sq_tail), as: UInt32.self)
    _ = try check(uj_io_uring_enter_one(ring))
    guard unsafe completions.load(fromByteOffset: Int(layout.cq_tail), as: UInt32.self) == 1 else { throw .invalid }
    // struct io_uring_cqe: the result is behind the eight bytes of user data.
    return unsafe completions.load(fromByteOffset: Int(layout.cqes) + 8, as: Int32.self)
  }

  /// io_uring_register(2) without an argument, on a new ring that is not enabled: the result, an error negated.
  static func registerOnDisabled(_ operation: RegisterOperation) throws(Errno) -> Int32 {
    var layout = uj_ring_layout()
    // SAFETY: the shim fills the structure, which lives through the call.
    let ring = try check(unsafe uj_io_uring_setup(UJ_SETUP_R_DISABLED, &layout))
    return uj_io_uring_register(ring, UInt32(operation.code), nil, 0)
  }

  private static func memory(of ring: Int32, at offset: Int32) throws(Errno) -> UnsafeMutableRawPointer {
    // SAFETY: a new mapping, which overlaps nothing.
    let memory = unsafe mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, off_t(offset))
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else { throw Errno(errno) }
    return unsafe memory
  }

  private static func check(_ result: Int32) throws(Errno) -> Int32 {
    if result < 0 { throw Errno(-result) }
    return result
  }
}
