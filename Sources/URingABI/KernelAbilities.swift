/// What a kernel can do, as far as it decides how a policy is registered.
package struct KernelAbilities: Hashable, Sendable {
  /// Request opcodes the kernel has: 0 up to, not including, this number. Restrictions and filters for others are
  /// refused with EINVAL, and requests with them fail anyway.
  package let operationCount: Int

  package init(operationCount: Int) {
    self.operationCount = operationCount
  }

  /// Every operation of the kernel, those that this program has no name for included.
  package var operations: [Operation] {
    (0..<min(operationCount, Int(UInt8.max) + 1)).map { Operation(code: UInt8($0)) }
  }
}
