import FilterAnalysis
import Policy
import URingABI

/// A part of a request that people have a word for, and its bits among the variables of the context.
struct RegionField: Sendable {
  enum Name: Hashable, Sendable {
    case sqeFlags, userData
    case openFlags, mode, resolve
    case family, socketType, socketTypeFlags, socketProtocol
    case port, address
  }

  enum Form: Sendable {
    /// Values are numbers; what belongs together is a range.
    case number
    /// Values are sets of flags.
    case flags
  }

  let name: Name
  let form: Form
  /// The highest bit first. They follow each other in the order of all variables.
  let variables: [UInt32]

  /// - Precondition: a field has bits.
  var range: ClosedRange<UInt32> { variables[0]...variables[variables.count - 1] }

  /// All fields of an operation's requests, in the order of their variables.
  static func all(of context: ContextVariables) -> [RegionField] {
    func bits(_ offset: Int, _ numbers: some Sequence<Int>) -> [UInt32] {
      numbers.compactMap { context.variable($0, ofWordAt: offset) }
    }
    func wide(_ field: FilterContext.Wide) -> [UInt32] {
      bits(field.high.offset, (0..<32).reversed()) + bits(field.low.offset, (0..<32).reversed())
    }
    func network(_ offset: Int, bytes: Int) -> [UInt32] {
      (0..<bytes).flatMap { byte -> [UInt32] in
        #if _endian(little)
          let lowest = byte % 4 * 8
        #else
          let lowest = 24 - byte % 4 * 8
        #endif
        return bits(offset + byte / 4 * 4, (lowest..<lowest + 8).reversed())
      }
    }
    let shift = FilterContext.Header.sqeFlagsShift
    var fields = [
      RegionField(
        name: .sqeFlags, form: .flags,
        variables: bits(FilterContext.Header.sqeFlags.offset, (shift..<shift + 8).reversed())),
      RegionField(name: .userData, form: .number, variables: wide(FilterContext.Header.userData)),
    ]
    switch context.operation.arguments {
    case .none: break
    case .openat, .openat2:
      fields += [
        RegionField(
          name: .openFlags, form: .flags, variables: wide(FilterContext.Open.flags)),
        RegionField(name: .mode, form: .flags, variables: wide(FilterContext.Open.mode)),
        RegionField(
          name: .resolve, form: .flags, variables: wide(FilterContext.Open.resolve)),
      ]
    case .socket:
      let type = FilterContext.Socket.type.offset
      fields += [
        RegionField(
          name: .family, form: .number, variables: bits(FilterContext.Socket.family.offset, (0..<32).reversed())),
        RegionField(
          name: .socketTypeFlags, form: .flags, variables: bits(type, (4..<32).reversed())),
        RegionField(name: .socketType, form: .number, variables: bits(type, (0..<4).reversed())),
        RegionField(
          name: .socketProtocol, form: .number,
          variables: bits(FilterContext.Socket.protocolNumber.offset, (0..<32).reversed())),
      ]
    case .connect:
      fields += [
        RegionField(
          name: .family, form: .number, variables: bits(FilterContext.Connect.family.offset, (0..<32).reversed())),
        RegionField(name: .port, form: .number, variables: network(FilterContext.Connect.port.offset, bytes: 2)),
        RegionField(
          name: .address, form: .number, variables: network(FilterContext.Connect.address[0].offset, bytes: 16)),
      ]
    }
    return fields.filter { !$0.variables.isEmpty }
  }

  /// The flags of a field that has flags; `nil` of one that is a number.
  static func vocabulary(of name: Name) -> FlagVocabulary? {
    switch name {
    case .sqeFlags: SQEFlags.vocabulary
    case .openFlags: OpenConstants.flags
    case .mode: OpenConstants.mode
    case .resolve: OpenConstants.resolve
    case .socketTypeFlags: typeFlags
    case .userData, .family, .socketType, .socketProtocol, .port, .address: nil
    }
  }

  /// What socket(2) takes in its type beyond the type, shifted by the four bits of that.
  private static let typeFlags = FlagVocabulary(
    "socket flag", width: 28,
    [Flag("cloexec", OpenConstants.closeOnExec >> 4), Flag("nonblock", OpenConstants.nonblock >> 4)])
}
