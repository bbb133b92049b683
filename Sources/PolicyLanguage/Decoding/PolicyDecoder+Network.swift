import Diagnostics
import Policy
import TOMLSyntax
import URingABI

/// `[socket]` and `[connect]`.
extension PolicyDecoder {
  mutating func decodeSocket(_ entry: TOMLTable.Entry?) -> SocketRules? {
    guard let entry, let table = reader.table(entry.value, as: Language.socket) else { return nil }
    requireEntries(table, entry, example: "{ family = \"inet\", type = \"stream\" }")
    reportEmptyList(table["deny"])
    return SocketRules(
      allow: entries(table["allow"], of: "socket", mayBeEmpty: false) { $0.socketEntry($1) },
      deny: entries(table["deny"], of: "socket", mayBeEmpty: true) { $0.socketEntry($1) } ?? [],
      span: entry.key.span)
  }

  mutating func decodeConnect(_ entry: TOMLTable.Entry?) -> ConnectRules? {
    guard let entry, let table = reader.table(entry.value, as: Language.connect) else { return nil }
    requireEntries(table, entry, example: "{ to = \"10.0.0.0/8\", port = 443 }")
    reportEmptyList(table["deny"])
    return ConnectRules(
      allow: entries(table["allow"], of: "connect", mayBeEmpty: false) { $0.connectEntry($1) },
      deny: entries(table["deny"], of: "connect", mayBeEmpty: true) { $0.connectEntry($1) } ?? [],
      span: entry.key.span)
  }

  private mutating func requireEntries(_ table: TOMLTable, _ entry: TOMLTable.Entry, example: String) {
    guard table["allow"] == nil, table["deny"] == nil else { return }
    let name = entry.key.name
    reader.report(
      PolicyDiagnostics.missingKey, "[\(name)] says nothing about what is allowed", at: entry.key.span,
      help: "add allow = [\(example)], or remove [\(name)] to allow every '\(name)'")
  }

  private mutating func entries<Entry>(
    _ entry: TOMLTable.Entry?, of operation: String, mayBeEmpty: Bool,
    decode: (inout PolicyDecoder, TOMLValue) -> Entry?
  ) -> [Entry]? {
    guard let entry else { return nil }
    let elements =
      mayBeEmpty
      ? reader.array(entry.value)
      : reader.nonEmptyArray(
        entry.value, help: "to allow nothing, deny the operation: [operations] deny = [\"\(operation)\"]")
    return elements?.compactMap { decode(&self, $0) }
  }

  private mutating func socketEntry(_ value: TOMLValue) -> SocketEntry? {
    guard let table = reader.table(value, as: Language.socketEntry) else { return nil }
    if table.entries.isEmpty { reportUnconditional(value, "socket") }
    return SocketEntry(
      families: constants(table["family"], "socket family", SocketConstants.families, upTo: .max),
      types: constants(table["type"], "socket type", SocketConstants.types, upTo: SocketConstants.largestType),
      protocols: constants(table["protocol"], "protocol", SocketConstants.protocols, upTo: .max),
      span: value.span)
  }

  private mutating func connectEntry(_ value: TOMLValue) -> ConnectEntry? {
    guard let table = reader.table(value, as: Language.connectEntry) else { return nil }
    if table.entries.isEmpty { reportUnconditional(value, "connect") }
    return ConnectEntry(
      networks: networks(table["to"]), ports: ports(table["port"]),
      families: constants(
        table["family"], "address family", SocketConstants.families, upTo: SocketConstants.largestPeerFamily),
      span: value.span)
  }

  private mutating func reportUnconditional(_ value: TOMLValue, _ name: String) {
    reader.report(
      PolicyDiagnostics.emptyEntry, "an entry without conditions would match everything", at: value.span,
      help: "add a condition, or remove [\(name)] to allow every '\(name)'")
  }

  /// One value or a list of values, each a name or a number.
  private mutating func constants(
    _ entry: TOMLTable.Entry?, _ kind: String, _ table: [SocketConstants.Constant], upTo largest: UInt32
  ) -> [UInt32]? {
    guard let entry, let elements = reader.oneOrMore(entry.value) else { return nil }
    var seen = NamePlaces()
    return elements.compactMap { element in
      let number = reader.nameOrNumber(element, kind: kind, upTo: largest, names: table.lazy.map(\.name)) { name in
        table.first { $0.name == name }?.value
      }
      if let number {
        // A name and its number are the same.
        let name = SocketConstants.name(of: number, in: table)
        reportDuplicate(seen.update(name, to: element.span), "this", at: element.span)
      }
      return number
    }
  }

  // MARK: Ports

  private mutating func ports(_ entry: TOMLTable.Entry?) -> [Located<ClosedRange<UInt16>>]? {
    guard let entry, let elements = reader.oneOrMore(entry.value) else { return nil }
    return elements.compactMap { element in port(element).map { Located($0, at: element.span) } }
  }

  private mutating func port(_ element: TOMLValue) -> ClosedRange<UInt16>? {
    let low: UInt64?
    let high: UInt64?
    switch element.kind {
    case .integer(let number):
      low = UInt64(exactly: number)
      high = low
    case .string(let text):
      let ends = text.split(separator: "-", omittingEmptySubsequences: false)
      guard (1...2).contains(ends.count), ends.allSatisfy(Self.isDecimal) else {
        reader.report(
          PolicyDiagnostics.invalidPort, "\(quoting: text) is not a port or a range of ports", at: element.span,
          help: "write a number, such as 443, or a range, such as \"8000-8099\"")
        return nil
      }
      (low, high) = (UInt64(ends[0]), UInt64(ends[ends.count - 1]))
    default:
      return reader.mismatch(element, expected: "a port number or a range such as \"8000-8099\"")
    }
    guard let low = low.flatMap({ UInt16(exactly: $0) }), let high = high.flatMap({ UInt16(exactly: $0) }), low > 0
    else {
      reader.report(
        PolicyDiagnostics.invalidPort, "ports go from 1 to 65535", at: element.span,
        help: low == 0 ? "nothing can be reached on port 0; it is always denied here" : nil)
      return nil
    }
    guard low <= high else {
      reader.report(
        PolicyDiagnostics.invalidPort, "the range ends before it begins", at: element.span,
        help: "write \"\(high)-\(low)\"")
      return nil
    }
    return low...high
  }

  /// True for digits without leading zeros, which other programs read as octal.
  private static func isDecimal(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: "0") || text.utf8.count == 1 else { return false }
    return text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  // MARK: Networks

  private mutating func networks(_ entry: TOMLTable.Entry?) -> [Located<IPPrefix>]? {
    guard let entry, let elements = reader.oneOrMore(entry.value) else { return nil }
    var prefixes: [Located<IPPrefix>] = []
    prefixes.reserveCapacity(elements.count)
    for element in elements {
      guard let text = reader.string(element) else { continue }
      if let network = NamedNetwork(rawValue: text) {
        prefixes += network.prefixes.map { Located($0, at: element.span) }
      } else if let prefix = prefix(text, at: element.span) {
        prefixes.append(Located(prefix, at: element.span))
      }
    }
    return prefixes
  }

  private mutating func prefix(_ text: String, at span: SourceSpan) -> IPPrefix? {
    do throws(IPText.Failure) {
      let prefix = try IPText.prefix(text)
      if case .v6(let base, let length) = prefix, length >= 96, base >> 32 == IPPrefix.mappedBase >> 32 {
        let inner = IPPrefix.v4(UInt32(truncatingIfNeeded: base), length: length - 96)
        reader.warn(
          PolicyDiagnostics.mappedPrefix, "a v4-mapped prefix does not cover the same addresses over IPv4", at: span,
          help: "write \"\(inner)\", which covers both")
      }
      return prefix
    } catch {
      report(error, text, at: span)
      return nil
    }
  }

  private mutating func report(_ failure: IPText.Failure, _ text: String, at span: SourceSpan) {
    switch failure {
    case .notAnAddress:
      let names = NamedNetwork.allCases.map(\.rawValue)
      let advice =
        NameAdvice.help(for: text, among: names)
        ?? (text.contains("%")
          ? "filters do not see the zone behind '%': leave it out"
          : "write an address, a prefix such as \"10.0.0.0/8\", or one of: \(names.joined(separator: ", ")); "
            + "host names are not possible: filters see only addresses")
      reader.report(
        PolicyDiagnostics.invalidAddress, "\(quoting: text) is not an address, a prefix or a named network", at: span,
        help: advice)
    case .badLength(let most):
      reader.report(
        PolicyDiagnostics.invalidAddress, "the length of this prefix is not a number from 0 to \(most)", at: span)
    case .hostBits(let prefix):
      reader.report(
        PolicyDiagnostics.hostBits, "\(quoting: text) has bits set beyond its length", at: span,
        help: "for the network write \"\(prefix)\", for the one address leave out the length")
    }
  }
}
