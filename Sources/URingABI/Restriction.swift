/// One entry of `struct io_uring_task_restriction` (include/uapi/linux/io_uring.h, 7.0).
///
/// As soon as one entry speaks of operations or flags, every operation and every flag that is not listed is denied.
/// Register opcodes are restricted apart from that, and free where no entry names one.
package enum Restriction: Hashable, Sendable {
  case allowRegister(RegisterOperation)
  case allow(Operation)
  case allowFlags(SQEFlags)
  case requireFlags(SQEFlags)
}
