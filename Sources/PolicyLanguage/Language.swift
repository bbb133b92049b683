package import Diagnostics
import Policy
import URingABI

/// The keys of the language and the form of their values: what the decoder accepts, and what the JSON Schema for
/// editors is made of.
package struct Language: Sendable {
  /// A table of fixed keys.
  package struct Table: Sendable, Equatable {
    /// What the table is, as a message names it: "[socket]", "a [socket] entry".
    package let place: String
    package let keys: [Key]
    /// Names of keys that must be there.
    package let required: [String]
    /// False if a table without any key is a mistake.
    package let mayBeEmpty: Bool

    init(_ place: String, required: [String] = [], mayBeEmpty: Bool = true, _ keys: [Key]) {
      self.place = place
      self.keys = keys
      self.required = required
      self.mayBeEmpty = mayBeEmpty
    }

    var names: [String] { keys.map(\.name) }
  }

  package struct Key: Sendable, Equatable {
    package let name: String
    /// One sentence for the reader.
    package let summary: String
    private let makeShape: @Sendable () -> Shape
    private let makeAbsent: @Sendable () -> JSON?

    /// Form and absent value are made when somebody asks, which the decoder never does.
    init(
      _ name: String, _ summary: String, _ shape: @autoclosure @escaping @Sendable () -> Shape,
      absent: @autoclosure @escaping @Sendable () -> JSON? = nil
    ) {
      self.name = name
      self.summary = summary
      makeShape = shape
      makeAbsent = absent
    }

    package var shape: Shape { makeShape() }

    /// The value that has the same effect as no key; `nil` if there is none, or more to say about it.
    package var absent: JSON? { makeAbsent() }

    package static func == (a: Key, b: Key) -> Bool {
      a.name == b.name && a.summary == b.summary && a.shape == b.shape && a.absent == b.absent
    }
  }

  /// What a value may be.
  package indirect enum Shape: Sendable, Equatable {
    /// The language version.
    case version
    case text
    /// Text that is not empty.
    case reason
    case boolean
    case integer(ClosedRange<Int64>)
    /// One of a few words.
    case word([String])
    /// Names, and numbers for what has no name; patterns are regular expressions for further texts.
    case name([String], numbers: ClosedRange<Int64>?, patterns: [String] = [])
    case list(of: Shape, atLeast: Int)
    /// A list, or one value for a list of one.
    case oneOrMore(Shape)
    /// The same, and the list may be empty.
    case anyNumber(Shape)
    case table(Table)
    /// Keys that are one of the names, or other keys in the form of the pattern.
    case map(of: Shape, keys: [String], pattern: String)
  }

  /// Regular expressions, in the dialect of JSON Schema, for values that are written as text.
  enum Pattern {
    static let group = "^@[A-Za-z0-9._-]+$"
    static let groupName = "^[A-Za-z0-9._-]+$"
    static let portRange = "^[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?$"
    static let address = "^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$"
    static let unsigned = "^\(number)(-\(number))?$"
    /// An operation as a key: keys are text, so its number is written in digits.
    static let operationNumber = "^\(number)$"
    /// As TOML writes integers that are not negative.
    private static let number = "(0x[0-9A-Fa-f]+|0o[0-7]+|0b[01]+|0|[1-9][0-9]*)"
  }

  package static let root = Table(
    "a policy", required: ["policy"],
    [
      Key("policy", "Version of the language.", .version),
      Key("description", "Free text for the reader.", .text),
      Key("include", "Policies that this one adds to; paths relative to this file.", .oneOrMore(.text)),
      Key("operations", "Which io_uring operations may be requested.", .table(operations)),
      Key("open", "Narrows openat and openat2.", .table(open)),
      Key("socket", "Narrows socket.", .table(socket)),
      Key("connect", "Narrows connect.", .table(connect)),
      Key(
        "operation", "Conditions on single operations, by name.",
        .map(of: .table(operation), keys: Operation.known.map(\.name), pattern: Pattern.operationNumber)),
      Key("register", "Which opcodes of io_uring_register(2) may be called.", .table(register)),
      Key("process", "The process that the program is started in.", .table(process)),
      Key("kernel", "What to do when the running kernel cannot do all of this.", .table(kernel)),
      Key(
        "groups", "Your own names for sets of operations, used as \"@name\".",
        .map(of: .list(of: operationName, atLeast: 1), keys: [], pattern: Pattern.groupName)),
      Key("accept", "Warnings that are known and acceptable, each with the reason.", .table(accept)),
      Key("test", "Requests and what the policy must decide about them.", .list(of: .table(test), atLeast: 0)),
    ])

  package static let operations = Table(
    "[operations]",
    [
      Key(
        "default", "The rule for operations in neither list.", words(OperationRules.Default.self),
        absent: word(OperationRules.Default.deny)),
      Key("allow", "Operations that may be requested.", .list(of: operationName, atLeast: 0)),
      Key("deny", "Operations that are denied, even if allow lists them.", .list(of: operationName, atLeast: 0)),
      Key("flags", "SQE flags of every request.", flags(SQEFlags.vocabulary, "[operations] flags")),
    ])

  package static let open = Table(
    "[open]", mayBeEmpty: false,
    [
      Key("access", "What files may be opened for.", .oneOrMore(words(OpenRules.Access.self))),
      Key("flags", "Open flags beyond access.", flags(OpenConstants.flags, "[open] flags")),
      Key("mode", "Permission bits of files that are created.", flags(OpenConstants.mode, "[open] mode")),
      Key("resolve", "Resolve flags of openat2.", flags(OpenConstants.resolve, "[open] resolve")),
    ])

  package static let socket = Table("[socket]", mayBeEmpty: false, entryLists(of: socketEntry))

  package static let socketEntry = Table(
    "a [socket] entry", mayBeEmpty: false,
    [
      Key("family", "Address families.", .oneOrMore(addressFamily)),
      Key("type", "Socket types.", .oneOrMore(constant(SocketConstants.types, upTo: SocketConstants.largestType))),
      Key("protocol", "Protocols; default is the family's own.", .oneOrMore(constant(SocketConstants.protocols))),
    ])

  package static let connect = Table("[connect]", mayBeEmpty: false, entryLists(of: connectEntry))

  package static let connectEntry = Table(
    "a [connect] entry", mayBeEmpty: false,
    [
      Key(
        "to", "Addresses, prefixes or named networks.",
        .oneOrMore(.name(NamedNetwork.allCases.map(\.rawValue), numbers: nil, patterns: [Pattern.address]))),
      Key(
        "port", "Ports and ranges of ports.",
        .oneOrMore(.name([], numbers: 1...65_535, patterns: [Pattern.portRange]))),
      Key(
        "family", "Address families.",
        .oneOrMore(constant(SocketConstants.families, upTo: SocketConstants.largestPeerFamily))),
    ])

  package static let operation = Table(
    "[operation.NAME]", mayBeEmpty: false,
    [
      Key("flags", "SQE flags of its requests.", flags(SQEFlags.vocabulary, "[operation.NAME] flags")),
      Key(
        "user_data", "Values and ranges of user_data.",
        .oneOrMore(.name([], numbers: 0...Int64.max, patterns: [Pattern.unsigned]))),
    ])

  package static let register = Table(
    "[register]", mayBeEmpty: false,
    [
      Key("allow", "Register opcodes that may be called.", .list(of: registerName, atLeast: 0)),
      Key("deny", "Register opcodes that are denied, even if allow lists them.", .list(of: registerName, atLeast: 0)),
    ])

  package static let process = Table(
    "[process]",
    [
      Key("no-new-privileges", "Set no_new_privs.", .boolean, absent: .bool(true)),
      Key(
        "exec", "Whether the program may execute other programs.", words(ProcessRules.Exec.self),
        absent: word(ProcessRules.Exec.allow)),
      Key(
        "keep-fds", "Descriptors above 2 that the program keeps.",
        .list(of: .integer(3...Int64(Int32.max)), atLeast: 0), absent: .array([])),
      Key("capabilities", "Capabilities to give up.", .table(capabilities)),
    ])

  package static let capabilities = Table(
    "capabilities", required: ["drop"],
    [
      Key(
        "drop", "Capabilities to give up, or all.",
        .oneOrMore(.name(["all"] + Capability.names, numbers: 0...Int64(Capability.largest))))
    ])

  package static let kernel = Table(
    "[kernel]",
    [
      Key(
        "unsupported", "On a kernel without filters.", words(KernelRules.Unsupported.self),
        absent: word(KernelRules.Unsupported.refuse)),
      Key(
        "unfilterable", "For conditions on data that the kernel does not show.", words(KernelRules.Unfilterable.self),
        absent: word(KernelRules.Unfilterable.refuse)),
      Key(
        "holes", "For holes whose mitigation restricts the program further.", words(KernelRules.Holes.self),
        absent: word(KernelRules.Holes.refuse)),
      Key(
        "restrictions", "Classic restrictions in addition to filters.", words(KernelRules.Restrictions.self),
        absent: word(KernelRules.Restrictions.auto)),
    ])

  package static let accept = Table(
    "[accept]", mayBeEmpty: true, Acceptance.acceptable.map { Key($0.id.name, "Accepts: \($0.title).", .reason) })

  package static let test = Table(
    "[[test]]", required: ["request", "expect"],
    [
      Key("request", "A request, such as \"openat2 flags=rdonly resolve=beneath\".", .text),
      Key("expect", "What the policy must decide.", words(PolicyTest.Expectation.self)),
    ])

  /// Every table of fixed keys but those of flags, whose keys are the same everywhere.
  static let tables = [
    root, operations, open, socket, socketEntry, connect, connectEntry, operation, register, process, capabilities,
    kernel, accept, test,
  ]

  // MARK: Building blocks

  static let operationName = Shape.name(
    Operation.known.map(\.name) + OperationGroup.all.map(\.name), numbers: 0...255, patterns: [Pattern.group])

  static let registerName = Shape.name(
    RegisterOperation.known.map(\.name) + RegisterGroup.all.map(\.name), numbers: 0...127)

  static let addressFamily = constant(SocketConstants.families)

  private static func words<Words: RawRepresentable<String> & CaseIterable>(_: Words.Type) -> Shape {
    .word(Words.allCases.map(\.rawValue))
  }

  private static func word(_ word: some RawRepresentable<String>) -> JSON { .string(word.rawValue) }

  private static func flags(_ vocabulary: FlagVocabulary, _ place: String) -> Shape {
    .table(flagTable(place, flag(of: vocabulary)))
  }

  static func flag(of vocabulary: FlagVocabulary) -> Shape {
    .name(vocabulary.flags.flatMap { [$0.name] + $0.aliases }, numbers: 1...Int64(vocabulary.largestNumber))
  }

  static func flagTable(_ place: String, _ flag: Shape = .text) -> Table {
    Table(
      place, mayBeEmpty: false,
      [
        Key("allow", "Only these.", .anyNumber(flag)),
        Key("forbid", "None of these.", .anyNumber(flag)),
        Key("require", "All of these.", .anyNumber(flag)),
      ])
  }

  private static func constant(_ table: [SocketConstants.Constant], upTo largest: UInt32 = .max) -> Shape {
    .name(table.map(\.name), numbers: 0...Int64(largest))
  }

  private static func entryLists(of entry: @autoclosure @escaping @Sendable () -> Table) -> [Key] {
    [
      Key("allow", "A request must match one of these.", .list(of: .table(entry()), atLeast: 1)),
      Key("deny", "A request must match none of these.", .list(of: .table(entry()), atLeast: 0)),
    ]
  }
}
