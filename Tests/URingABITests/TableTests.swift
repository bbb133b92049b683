import Testing
import URingABI

/// The tables' own consistency; Scripts/check-abi compares them with the kernel's headers.
struct TableTests {
  @Test func thereAre65OperationsAnd38RegisterOperations() {
    #expect(Operation.known.count == 65)
    #expect(RegisterOperation.known.count == 38)
    #expect(SQEFlags.table.count == 7)
  }

  @Test func namesAndNumbersRoundTrip() {
    for operation in Operation.known { #expect(Operation(name: operation.name) == operation) }
    for operation in RegisterOperation.known { #expect(RegisterOperation(name: operation.name) == operation) }
    for (bit, entry) in SQEFlags.table.enumerated() {
      #expect(SQEFlags(name: entry.name)?.rawValue == 1 << UInt8(bit))
    }
  }

  @Test func namedConstantsAreTheirOwnEntries() {
    #expect(Operation(name: "connect") == .connect)
    #expect(Operation(name: "openat") == .openat)
    #expect(Operation(name: "openat2") == .openat2)
    #expect(Operation(name: "socket") == .socket)
    #expect(RegisterOperation(name: "restrictions") == .restrictions)
    #expect(RegisterOperation(name: "query") == .query)
    #expect(RegisterOperation(name: "bpf_filter") == .bpfFilter)
    #expect(SQEFlags(name: "io_link") == .ioLink)
    #expect(SQEFlags(name: "cqe_skip_success") == .cqeSkipSuccess)
  }

  @Test func unknownNumbersHaveTheirNumberAsName() {
    #expect(Operation(code: 200).name == "200")
    #expect(Operation(code: 200).since == nil)
    #expect(RegisterOperation(code: 99).name == "99")
  }

  @Test func everyOperationCameWithAReleaseBetweenTheFirstAndTheNewest() {
    for release in Operation.known.map(\.since) + RegisterOperation.known.map(\.since) {
      #expect(release.map { $0 >= KernelRelease(5, 1) && $0 <= KernelRelease(7, 3) } == true)
    }
  }

  @Test func payloadsEndInsideTheContext() {
    for kind in ArgumentKind.allCases {
      #expect(FilterContext.Header.length + Int(kind.size) <= FilterContext.size)
      #expect((kind.size == 0) == (kind.since == nil) && (kind == .none) == (kind.size == 0))
    }
    #expect(Operation.socket.arguments.size == 12 && Operation.openat2.arguments.size == 24)
    #expect(Operation.connect.arguments.since == KernelRelease(7, 2))
    #expect(Operation(code: 0).arguments == .none && Operation(code: 200).arguments == .none)
  }

  @Test func everyKindOfArgumentsIsThatOfAnOperation() {
    let kinds = Operation.withArguments.map(\.arguments)
    #expect(Set(kinds) == Set(ArgumentKind.allCases).subtracting([.none]))
    #expect(Operation.withArguments == [.connect, .openat, .openat2, .socket])
  }

  @Test func operationsOfAKernelAreCountedFromZero() {
    #expect(KernelAbilities(operationCount: 65).operations == Operation.known)
    #expect(KernelAbilities(operationCount: 70).operations.last == Operation(code: 69))
    #expect(KernelAbilities(operationCount: 1000).operations.count == 256)
  }
}
