import URingABI

/// Something that a table says of the kernel's interface, with the key that Scripts/check-abi.d/headers gives it.
struct Fact {
  let key: String
  let value: String
  let place: String

  init(_ key: String, _ value: String, in file: String, _ name: String) {
    self.key = key
    self.value = value
    place = "\(file).swift (\(name))"
  }

  static var operations: [Fact] {
    Operation.known.map { Fact("operation \($0.name)", "\($0.code)", in: "Operation", "table") }
  }

  static var registerOperations: [Fact] {
    RegisterOperation.known.map { operation in
      Fact("register operation \(operation.name)", "\(operation.code)", in: "RegisterOperation", "table")
    }
  }

  static var flags: [Fact] {
    let table: [Fact] = SQEFlags.table.enumerated().map { bit, entry in
      Fact("SQE flag \(entry.name)", "\(1 << bit)", in: "SQEFlags", "table")
    }
    let vocabulary: [Fact] = SQEFlags.vocabulary.flags.map { flag in
      Fact("SQE flag \(flag.name)", "\(flag.bits)", in: "SQEFlags", "vocabulary")
    }
    return table + vocabulary
  }

  // MARK: Constants

  static var constants: [Fact] {
    let operations: [(name: String, value: Operation)] = [
      ("connect", .connect), ("openat", .openat), ("openat2", .openat2), ("socket", .socket),
    ]
    let registerOperations: [(name: String, value: RegisterOperation)] = [
      ("restrictions", .restrictions), ("query", .query), ("bpfFilter", .bpfFilter),
    ]
    let flags: [(name: String, value: SQEFlags)] = [
      ("fixedFile", .fixedFile), ("ioDrain", .ioDrain), ("ioLink", .ioLink), ("ioHardlink", .ioHardlink),
      ("async", .async), ("bufferSelect", .bufferSelect), ("cqeSkipSuccess", .cqeSkipSuccess),
    ]
    var facts: [Fact] = []
    for (name, operation) in operations {
      facts.append(Fact("operation \(kernelName(name))", "\(operation.code)", in: "Operation", name))
    }
    for (name, operation) in registerOperations {
      facts.append(Fact("register operation \(kernelName(name))", "\(operation.code)", in: "RegisterOperation", name))
    }
    for (name, flag) in flags {
      facts.append(Fact("SQE flag \(kernelName(name))", "\(flag.rawValue)", in: "SQEFlags", name))
    }
    return facts
  }

  /// `bpf_filter` for `bpfFilter`.
  private static func kernelName(_ name: String) -> String {
    String(name.flatMap { $0.isUppercase ? "_\($0.lowercased())" : String($0) })
  }
}
