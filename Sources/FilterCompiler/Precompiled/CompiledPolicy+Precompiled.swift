package import Diagnostics
import Policy
import URingABI

extension CompiledPolicy {
  /// Compiles everything that any kernel could need.
  ///
  /// `sources`: the texts that the policies came from.
  package func precompiled(_ sources: [SourceText]) throws(CompilationFailure) -> PrecompiledPolicy {
    var entries: [PrecompiledPolicy.Entry] = []
    for operation in (UInt8.min...UInt8.max).map(Operation.init(code:)) where permits(operation) {
      let conditions = argumentConditions(on: operation)
      let programs = try programs(for: operation, withCommonFlags: false)
      let everything = try self.programs(for: operation, withCommonFlags: true)
      if conditions.isEmpty, everything.isEmpty { continue }
      // Where one of several must not be given up, none is.
      let decisive = conditions.first { !$0.mayDenyOperation } ?? conditions.first
      entries.append(
        PrecompiledPolicy.Entry(
          operation: operation, argumentPlace: decisive.flatMap { Self.place($0.span, sources) },
          mayDenyOperation: decisive?.mayDenyOperation ?? false, programs: programs,
          programsWithCommonFlags: everything))
    }
    let flags = commonFlags.map { flags in
      PrecompiledPolicy.FlagCube(
        mask: ~flags.allowed.rawValue | flags.required.rawValue, value: flags.required.rawValue)
    }
    return PrecompiledPolicy(
      permitted: CodeSet { permits(Operation(code: $0)) },
      permittedRegistrations: CodeSet { permits(RegisterOperation(code: $0)) },
      registrationPlace: registrationSpan.flatMap { Self.place($0, sources) }, commonFlags: flags, entries: entries,
      process: process, kernel: kernel)
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
