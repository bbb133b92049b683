package import Policy
import URingABI

extension SocketEntry {
  /// The entry as the language writes it.
  package var text: String {
    EntryText.table([
      ("family", families.map { EntryText.names($0, SocketConstants.families) }),
      ("type", types.map { EntryText.names($0, SocketConstants.types) }),
      // Numbers of other families mean something else than those of the internet; 0 is everybody's default.
      (
        "protocol",
        protocols.map { EntryText.names($0, SocketConstants.protocols.filter { isInternet || $0.value == 0 }) }
      ),
    ])
  }

  /// True if protocols can only be those of IPv4 and IPv6.
  package var isInternet: Bool {
    families?.allSatisfy { $0 == SocketConstants.inet || $0 == SocketConstants.inet6 } ?? false
  }
}

extension ConnectEntry {
  /// The entry as the language writes it; named networks as their prefixes.
  package var text: String {
    EntryText.table([
      ("to", networks.map { $0.map { "\"\($0.value.text)\"" } }),
      ("port", ports.map { $0.map { EntryText.port($0.value) } }),
      ("family", families.map { EntryText.names($0, SocketConstants.families) }),
    ])
  }
}

extension IPPrefix {
  /// `10.0.0.0/8`; an address where there is just one.
  package var text: String {
    switch self {
    case .v4(let base, let length): "\(IPAddress.v4(base))\(length == 32 ? "" : "/\(length)")"
    case .v6(let base, let length): "\(IPAddress.v6(base))\(length == 128 ? "" : "/\(length)")"
    }
  }
}

/// Parts of entries.
enum EntryText {
  static func table(_ keys: [(name: String, values: [String]?)]) -> String {
    let parts = keys.compactMap { key in
      key.values.map { values in
        "\(key.name) = \(values.count == 1 ? values[0] : "[\(values.joined(separator: ", "))]")"
      }
    }
    return "{ \(parts.joined(separator: ", ")) }"
  }

  static func names(_ values: [UInt32], _ table: [SocketConstants.Constant]) -> [String] {
    values.map { value in table.first { $0.value == value }.map { "\"\($0.name)\"" } ?? String(value) }
  }

  static func port(_ range: ClosedRange<UInt16>) -> String {
    range.count == 1 ? "\(range.lowerBound)" : "\"\(range.lowerBound)-\(range.upperBound)\""
  }
}
