package import Diagnostics
import Policy
import URingABI

extension CombinedPolicy {
  /// Compiles everything that any kernel could need.
  ///
  /// `sources`: the texts that the policies came from. `policies`: what they were called.
  ///
  /// - Throws: what no launch could hold, as it does: the programs of a file are not looked into again.
  package func precompiled(
    _ sources: [SourceText], policies: [String] = []
  ) throws(CompilationFailure) -> PrecompiledPolicy {
    if commonFlags == nil || avoidsRestrictions { try requireFlagsToBeSeen() }
    let flags = commonFlags.map { flags in
      PrecompiledPolicy.FlagCube(
        mask: ~flags.allowed.rawValue | flags.required.rawValue, value: flags.required.rawValue)
    }
    var entries: [PrecompiledPolicy.Entry] = []
    for operation in (UInt8.min...UInt8.max).map(Operation.init(code:)) where permits(operation) {
      let conditions = argumentConditions(on: operation)
      let programs = try programs(for: operation, withCommonFlags: flags == nil)
      if conditions.isEmpty, programs.isEmpty { continue }
      // Where one of several must not be given up, none is.
      let decisive = conditions.first { !$0.mayDenyOperation } ?? conditions.first
      entries.append(
        PrecompiledPolicy.Entry(
          operation: operation, argumentPlace: decisive.flatMap { Self.place($0.span, sources) },
          mayDenyOperation: decisive?.mayDenyOperation ?? false, programs: programs))
    }
    return PrecompiledPolicy(
      policies: policies, permitted: CodeSet { permits(Operation(code: $0)) },
      permittedRegistrations: CodeSet { permits(RegisterOperation(code: $0)) },
      registrationPlace: registrationSpan.flatMap { Self.place($0, sources) }, commonFlags: flags, entries: entries,
      process: Self.ordered(process), kernel: kernel)
  }

  /// The same rules with every descriptor once, ascending.
  private static func ordered(_ rules: ProcessRules) -> ProcessRules {
    var kept: [Located<Int32>] = []
    for descriptor in rules.keepDescriptors.sorted(by: { $0.value < $1.value })
    where descriptor.value != kept.last?.value {
      kept.append(descriptor)
    }
    return ProcessRules(
      noNewPrivileges: rules.noNewPrivileges, exec: rules.exec, keepDescriptors: kept,
      droppedCapabilities: rules.droppedCapabilities)
  }

  private static func place(_ span: SourceSpan, _ sources: [SourceText]) -> PrecompiledPolicy.Place? {
    guard let source = sources.first(where: { $0.id == span.source }) else {
      preconditionFailure("every rule is in one of the texts")
    }
    let line = source.lineRange(containing: span.start)
    return PrecompiledPolicy.Place(
      name: source.name, line: UInt32(source.position(of: span.start).line),
      column: UInt32(span.start - line.lowerBound), length: UInt32(max(0, min(span.end, line.upperBound) - span.start)),
      text: String(decoding: source.bytes[line], as: UTF8.self), id: source.id)
  }
}
