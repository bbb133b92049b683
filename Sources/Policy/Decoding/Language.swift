import URingABI

/// The keys of the language and the form of their values: what the decoder accepts, and what the JSON Schema for
/// editors is made of.
package struct Language: Sendable {
  /// A table of fixed keys.
  package struct Table: Sendable {
    /// What the table is, as a message names it: "[socket]", "a [socket] entry".
    package let place: String
    package let keys: [Key]
    /// Names of keys that must be there.
    package let required: [String]

    init(_ place: String, required: [String] = [], _ keys: [Key]) {
      self.place = place
      self.keys = keys
      self.required = required
    }

    var names: [String] { keys.map(\.name) }
  }

  package struct Key: Sendable {
    package let name: String
    /// One sentence for the reader.
    package let summary: String
    package let shape: Shape

    init(_ name: String, _ summary: String, _ shape: Shape) {
      self.name = name
      self.summary = summary
      self.shape = shape
    }
  }

  /// What a value may be.
  package indirect enum Shape: Sendable {
    /// The language version.
    case version
    case text
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
    /// Keys chosen by the author, or one of the names where names are given.
    case map(of: Shape, keys: [String]?)
  }

  /// Regular expressions, in the dialect of JSON Schema, for values that are written as text.
  enum Pattern {
    static let group = "^@.+$"
    static let groupName = "^[A-Za-z0-9._-]+$"
    static let portRange = "^[0-9]{1,5}(-[0-9]{1,5})?$"
    static let address = "^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$"
    static let unsigned = "^(0x[0-9A-Fa-f]+|0o[0-7]+|[0-9]+)(-(0x[0-9A-Fa-f]+|0o[0-7]+|[0-9]+))?$"
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
        .map(of: .table(operation), keys: Operation.known.map(\.name))),
      Key("register", "Which opcodes of io_uring_register(2) may be called.", .table(register)),
      Key("process", "The process that the target is started in.", .table(process)),
      Key("kernel", "What to do when the running kernel cannot do all of this.", .table(kernel)),
      Key(
        "groups", "Names of your own for sets of operations, used as \"@name\".",
        .map(of: .list(of: operationName, atLeast: 1), keys: nil)),
      Key("test", "Requests and what the policy must decide about them.", .list(of: .table(test), atLeast: 0)),
    ])

  package static let operations = Table(
    "[operations]",
    [
      Key("default", "What holds for operations in neither list; deny if absent.", words(OperationRules.Default.self)),
      Key("allow", "Operations that may be requested.", .list(of: operationName, atLeast: 0)),
      Key("deny", "Operations that may not, whatever allow says.", .list(of: operationName, atLeast: 0)),
      Key("flags", "SQE flags of every request.", flags(SQEFlags.vocabulary, "[operations] flags")),
    ])

  package static let open = Table(
    "[open]",
    [
      Key("access", "What files may be opened for.", .oneOrMore(words(OpenRules.Access.self))),
      Key("flags", "Open flags beyond access.", flags(OpenConstants.flags, "[open] flags")),
      Key("mode", "Permission bits of files that are created.", flags(OpenConstants.mode, "[open] mode")),
      Key("resolve", "Resolve flags of openat2.", flags(OpenConstants.resolve, "[open] resolve")),
    ])

  package static let socket = Table("[socket]", entryLists(of: socketEntry))

  package static let socketEntry = Table(
    "a [socket] entry",
    [
      Key("family", "Address families.", constants(SocketConstants.families)),
      Key("type", "Socket types.", constants(SocketConstants.types, upTo: SocketConstants.largestType)),
      Key("protocol", "Protocols; default is the family's own.", constants(SocketConstants.protocols)),
    ])

  package static let connect = Table("[connect]", entryLists(of: connectEntry))

  package static let connectEntry = Table(
    "a [connect] entry",
    [
      Key(
        "to", "Addresses, prefixes or named networks.",
        .oneOrMore(.name(NamedNetwork.allCases.map(\.rawValue), numbers: nil, patterns: [Pattern.address]))),
      Key(
        "port", "Ports and ranges of ports.",
        .oneOrMore(.name([], numbers: 1...65_535, patterns: [Pattern.portRange]))),
      Key("family", "Address families.", constants(SocketConstants.families)),
    ])

  package static let operation = Table(
    "[operation.NAME]",
    [
      Key("flags", "SQE flags of its requests.", flags(SQEFlags.vocabulary, "[operation.NAME] flags")),
      Key(
        "user_data", "Values and ranges of user_data.",
        .oneOrMore(.name([], numbers: 0...Int64.max, patterns: [Pattern.unsigned]))),
    ])

  package static let register = Table(
    "[register]",
    [
      Key("allow", "Register opcodes that may be called.", .list(of: registerName, atLeast: 0)),
      Key("deny", "Register opcodes that may not, whatever allow says.", .list(of: registerName, atLeast: 0)),
    ])

  package static let process = Table(
    "[process]",
    [
      Key("no-new-privileges", "Set no_new_privs; true if absent.", .boolean),
      Key("exec", "Whether the target may execute other programs.", words(ProcessRules.Exec.self)),
      Key(
        "keep-fds", "Descriptors above 2 that the target keeps.", .list(of: .integer(3...Int64(Int32.max)), atLeast: 0)),
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
      Key("unsupported", "On a kernel without filters; refuse if absent.", words(KernelRules.Unsupported.self)),
      Key(
        "unfilterable", "For conditions on data that the kernel does not show; refuse if absent.",
        words(KernelRules.Unfilterable.self)),
      Key("holes", "For holes whose mitigation takes something away; refuse if absent.", words(KernelRules.Holes.self)),
      Key("restrictions", "Classic restrictions beside filters; auto if absent.", words(KernelRules.Restrictions.self)),
    ])

  package static let test = Table(
    "[[test]]", required: ["request", "expect"],
    [
      Key("request", "A request, such as \"openat2 flags=rdonly resolve=beneath\".", .text),
      Key("expect", "What the policy must decide.", words(PolicyTest.Expectation.self)),
    ])

  // MARK: Building blocks

  static let operationName = Shape.name(
    Operation.known.map(\.name) + OperationGroup.all.map(\.name), numbers: 0...255, patterns: [Pattern.group])

  static let registerName = Shape.name(
    RegisterOperation.known.map(\.name) + RegisterGroup.all.map(\.name), numbers: 0...127)

  private static func words<Words: RawRepresentable<String> & CaseIterable>(_: Words.Type) -> Shape {
    .word(Words.allCases.map(\.rawValue))
  }

  private static func flags(_ vocabulary: FlagVocabulary, _ place: String) -> Shape {
    let largest = vocabulary.width == 64 ? Int64.max : Int64(1) << Int64(vocabulary.width) - 1
    let flag = Shape.name(vocabulary.flags.flatMap { [$0.name] + $0.aliases }, numbers: 1...largest)
    return .table(flagTable(place, flag))
  }

  static func flagTable(_ place: String, _ flag: Shape = .text) -> Table {
    Table(
      place,
      [
        Key("allow", "Only these.", .anyNumber(flag)),
        Key("forbid", "None of these.", .anyNumber(flag)),
        Key("require", "All of these.", .anyNumber(flag)),
      ])
  }

  private static func constants(_ table: [SocketConstants.Constant], upTo largest: UInt32 = .max) -> Shape {
    .oneOrMore(.name(table.map(\.name), numbers: 0...Int64(largest)))
  }

  private static func entryLists(of entry: Table) -> [Key] {
    [
      Key("allow", "A request must match one of these.", .list(of: .table(entry), atLeast: 1)),
      Key("deny", "A request must match none of these.", .list(of: .table(entry), atLeast: 0)),
    ]
  }
}
