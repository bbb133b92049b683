/// What a kernel can do, as far as it decides how a policy is registered.
package struct KernelAbilities: Hashable, Sendable {
  /// Request opcodes the kernel has: 0 up to, not including, this number. Restrictions and filters for others are
  /// refused with EINVAL, and requests with them fail anyway.
  package let operationCount: Int
  /// Opcodes of io_uring_register(2) the kernel has, in the same way.
  package let registerOperationCount: Int
  /// Bytes of operation data that the kernel shows filters, for operations that were asked about.
  package let payloadSizes: PayloadSizes

  package init(
    operationCount: Int, registerOperationCount: Int = RegisterOperation.known.count,
    payloadSizes: PayloadSizes = PayloadSizes()
  ) {
    self.operationCount = operationCount
    self.registerOperationCount = registerOperationCount
    self.payloadSizes = payloadSizes
  }

  /// What is known of a release: for looking at a policy without running it there.
  package init(release: KernelRelease) {
    operationCount = Operation.known.filter { $0.since.map { $0 <= release } ?? false }.count
    registerOperationCount = RegisterOperation.known.filter { $0.since.map { $0 <= release } ?? false }.count
    var sizes = PayloadSizes()
    for operation in Operation.withArguments {
      if let since = operation.arguments.since, since <= release { sizes[operation] = operation.arguments.size }
    }
    payloadSizes = sizes
  }

  /// A kernel that has every operation there can be, and shows what the newest known one does; for comparing policies.
  package static var everyOperation: KernelAbilities {
    KernelAbilities(
      operationCount: Int(UInt8.max) + 1, registerOperationCount: 128,
      payloadSizes: KernelAbilities(release: .newestKnown).payloadSizes)
  }

  /// The same kernel, asked what it shows of operations.
  package func showing(_ sizes: PayloadSizes) -> KernelAbilities {
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

/// Bytes of data that filters see of each of a few operations; `nil` where nobody knows.
package struct PayloadSizes: Hashable, Sendable {
  private struct Entry: Hashable {
    let operation: Operation
    let size: UInt8
  }

  private var entries: [Entry] = []

  package init() {}

  package subscript(operation: Operation) -> UInt8? {
    get { entries.first { $0.operation == operation }?.size }
    set {
      entries.removeAll { $0.operation == operation }
      if let newValue { entries.append(Entry(operation: operation, size: newValue)) }
    }
  }
}
