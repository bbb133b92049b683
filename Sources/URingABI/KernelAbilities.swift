/// What a kernel can do, as far as it decides how a policy is registered.
package struct KernelAbilities: Hashable, Sendable {
  /// Request opcodes the kernel has: 0 up to, not including, this number. Restrictions and filters for others are
  /// refused with EINVAL, and requests with them fail anyway.
  package let operationCount: Int
  /// Opcodes of io_uring_register(2) the kernel has, in the same way.
  package let registerOperationCount: Int
  /// Bytes of operation data that the kernel shows filters, for operations that were asked about.
  package let payloadSizes: [Operation: UInt8]

  package init(
    operationCount: Int, registerOperationCount: Int = RegisterOperation.known.count,
    payloadSizes: [Operation: UInt8] = [:]
  ) {
    self.operationCount = operationCount
    self.registerOperationCount = registerOperationCount
    self.payloadSizes = payloadSizes
  }

  /// What is known of a release: for looking at a policy without running it there.
  package init(release: KernelRelease) {
    operationCount = Operation.known.filter { $0.since.map { $0 <= release } ?? false }.count
    registerOperationCount = RegisterOperation.known.filter { $0.since.map { $0 <= release } ?? false }.count
    payloadSizes = Dictionary(
      uniqueKeysWithValues: FilterContext.payloads.filter { $0.since <= release }.map { ($0.operation, $0.size) })
  }

  /// The same kernel, asked what it shows of operations.
  package func showing(_ sizes: [Operation: UInt8]) -> KernelAbilities {
    KernelAbilities(
      operationCount: operationCount, registerOperationCount: registerOperationCount, payloadSizes: sizes)
  }

  /// Every operation of the kernel, those that this program has no name for included.
  package var operations: [Operation] {
    (0..<min(operationCount, Int(UInt8.max) + 1)).map { Operation(code: UInt8($0)) }
  }

  /// Every register opcode of the kernel.
  package var registerOperations: [RegisterOperation] {
    (0..<min(registerOperationCount, Int(UInt8.max) + 1)).map { RegisterOperation(code: UInt8($0)) }
  }
}
