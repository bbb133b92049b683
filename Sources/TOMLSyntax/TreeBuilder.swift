import Diagnostics

/// Puts keys, values and headers together into tables, by TOML's rules of what may be defined where and how often.
struct TreeBuilder {
  private let root = TableNode(origin: .header, span: SourceSpan(0..<0, in: SourceID(0)), depth: 0)
  private var current: TableNode

  /// How many tables and arrays enclose the keys that come next, the root not counted.
  var depth: Int { current.depth }

  init() {
    current = root
  }

  /// `[path]`
  mutating func openTable(_ path: [TOMLKey], span: SourceSpan) throws(SyntaxFailure) {
    // Keys under a refused header go to a table of their own, so that one mistake is reported once.
    current = TableNode(origin: .header, span: span, depth: path.count)
    let parent = try root.descendByHeader(path.dropLast())
    current = try parent.defineByHeader(path[path.count - 1], span: span)
  }

  /// `[[path]]`
  mutating func openArrayElement(_ path: [TOMLKey], span: SourceSpan) throws(SyntaxFailure) {
    current = TableNode(origin: .header, span: span, depth: path.count + 1)
    let parent = try root.descendByHeader(path.dropLast())
    current = try parent.appendByHeader(path[path.count - 1], span: span)
  }

  /// `path = value` below the last header.
  func assign(_ path: [TOMLKey], _ value: NodeValue) throws(SyntaxFailure) {
    try current.assign(path, value)
  }

  func finish() -> TOMLTable { root.frozen() }
}

/// A value while the document is still being read.
enum NodeValue {
  case leaf(TOMLValue)
  case table(TableNode)
  case tables(TableArrayNode)

  func frozen() -> TOMLValue {
    switch self {
    case .leaf(let value): value
    case .table(let node): TOMLValue(kind: .table(node.frozen()), span: node.span)
    case .tables(let array):
      TOMLValue(
        kind: .array(array.elements.map { TOMLValue(kind: .table($0.frozen()), span: $0.span) }), span: array.span)
    }
  }
}

/// An array of tables, which grows with every `[[header]]`.
final class TableArrayNode {
  var elements: [TableNode]
  let span: SourceSpan

  init(first: TableNode) {
    elements = [first]
    span = first.span
  }
}

/// A table while the document is still being read. A reference, because headers come back to it from afar.
final class TableNode {
  /// How the table came to be, which decides who may still add to it.
  enum Origin {
    /// Named only as a parent in a header; a header or dotted keys may still define it.
    case parentOfHeader
    /// Defined by a header.
    case header
    /// Defined by dotted keys.
    case dottedKeys
    /// Written in braces; closed at once.
    case inline
  }

  private struct Entry {
    let key: TOMLKey
    let value: NodeValue
  }

  private(set) var origin: Origin
  var span: SourceSpan
  /// How many tables and arrays enclose this table's keys, the root not counted.
  let depth: Int
  private var entries: [Entry] = []
  /// The places of their keys.
  private var positions = NameIndex()

  init(origin: Origin, span: SourceSpan, depth: Int) {
    self.origin = origin
    self.span = span
    self.depth = depth
  }

  private func position(of key: TOMLKey) -> Int? { positions[key.name] }

  private func value(_ key: TOMLKey) -> NodeValue? {
    position(of: key).map { entries[$0].value }
  }

  private func add(_ key: TOMLKey, _ value: NodeValue) {
    positions.add(key.name)
    entries.append(Entry(key: key, value: value))
  }

  /// The table that a header's leading parts name; missing ones are made.
  func descendByHeader(_ path: ArraySlice<TOMLKey>) throws(SyntaxFailure) -> TableNode {
    var node = self
    for key in path {
      switch node.value(key) {
      case nil:
        let child = TableNode(origin: .parentOfHeader, span: key.span, depth: node.depth + 1)
        node.add(key, .table(child))
        node = child
      case .table(let child) where child.origin != .inline:
        node = child
      case .tables(let array):
        node = array.elements[array.elements.count - 1]
      case .table, .leaf:
        throw node.notExtensible(key)
      }
    }
    return node
  }

  /// The last part of `[header]`: a new table, or one that so far was only somebody's parent.
  func defineByHeader(_ key: TOMLKey, span: SourceSpan) throws(SyntaxFailure) -> TableNode {
    switch value(key) {
    case nil:
      let child = TableNode(origin: .header, span: span, depth: depth + 1)
      add(key, .table(child))
      return child
    case .table(let child) where child.origin == .parentOfHeader:
      child.origin = .header
      child.span = span
      return child
    case .table, .tables, .leaf:
      throw duplicate(key)
    }
  }

  /// The last part of `[[header]]`: one more element.
  func appendByHeader(_ key: TOMLKey, span: SourceSpan) throws(SyntaxFailure) -> TableNode {
    let child = TableNode(origin: .header, span: span, depth: depth + 2)
    switch value(key) {
    case nil: add(key, .tables(TableArrayNode(first: child)))
    case .tables(let array): array.elements.append(child)
    case .table, .leaf: throw duplicate(key)
    }
    return child
  }

  /// `key = value` or `dotted.key = value`.
  func assign(_ path: [TOMLKey], _ value: NodeValue) throws(SyntaxFailure) {
    var node = self
    for key in path.dropLast() {
      switch node.value(key) {
      case nil:
        let child = TableNode(origin: .dottedKeys, span: key.span, depth: node.depth + 1)
        node.add(key, .table(child))
        node = child
      case .table(let child) where child.origin == .dottedKeys || child.origin == .parentOfHeader:
        child.origin = .dottedKeys
        node = child
      case .table, .tables, .leaf:
        throw node.notExtensible(key)
      }
    }
    let last = path[path.count - 1]
    if node.value(last) != nil { throw node.duplicate(last) }
    node.add(last, value)
  }

  func frozen() -> TOMLTable {
    TOMLTable(entries: entries.map { TOMLTable.Entry(key: $0.key, value: $0.value.frozen()) })
  }

  private func duplicate(_ key: TOMLKey) -> SyntaxFailure {
    failure(key, "\(quoting: key.name) is already defined", help: "a key may be defined only once")
  }

  private func notExtensible(_ key: TOMLKey) -> SyntaxFailure {
    failure(key, "\(quoting: key.name) is already defined and cannot be added to here", help: nil)
  }

  private func failure(_ key: TOMLKey, _ message: String, help: String?) -> SyntaxFailure {
    let first = position(of: key).map { entries[$0].key.span }
    return SyntaxFailure(
      diagnostic: Diagnostic(
        TOMLDiagnostics.duplicate, message, at: key.span,
        notes: first.map { [Diagnostic.Note("first defined here", at: $0)] } ?? [], help: help))
  }
}
