import Diagnostics
import Discovery
import Policy

/// How often each rule has denied something.
struct DenialSummary {
  /// Rules that are told apart; what comes later is counted together.
  private static let most = 1000
  private static let others = "further rules"

  struct Row {
    let place: String?
    let reason: String
    /// The first request.
    let example: String
    var count: UInt64
  }

  private(set) var rows: [Row] = []
  private var index: [String: Int] = [:]
  private(set) var allowed: UInt64 = 0

  /// True if there was nothing to tell.
  var isEmpty: Bool { rows.isEmpty && allowed == 0 }

  /// Requests that were denied.
  var denied: UInt64 { rows.reduce(0) { $0 + $1.count } }

  mutating func add(_ request: TracedRequest) {
    guard let reason = request.reason else {
      allowed += 1
      return
    }
    let key = "\(request.placeText ?? "")\u{0}\(reason)"
    if let row = index[key] ?? (rows.count < Self.most ? nil : rows.count - 1) {
      rows[row].count += 1
      return
    }
    index[key] = rows.count
    let isLast = rows.count == Self.most - 1
    rows.append(
      Row(
        place: isLast ? nil : request.placeText, reason: isLast ? Self.others : reason,
        example: request.request, count: 1))
  }

  /// The most frequent first.
  private var sorted: [Row] {
    rows.indices.sorted { (rows[$1].count, $0) < (rows[$0].count, $1) }.map { rows[$0] }
  }

  var text: String {
    if rows.isEmpty { return "no request was denied\n" }
    let places = sorted.map { $0.place ?? "-" }
    let width = max(4, places.map(\.count).max() ?? 0)
    func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
    func line(_ count: String, _ place: String, _ reason: String) -> String {
      "\(spaces(8 - count.count))\(count)  \(place)\(spaces(width - place.count))  \(reason)\n"
    }
    return line("denied", "rule", "because; the first one")
      + zip(sorted, places).map { row, place in
        line(String(row.count), place, "\(row.reason); \(Report.printable(row.example))")
      }.joined()
  }

  func json(lost: Int) -> JSON {
    .object([
      JSON.Member("version", .integer(1)), JSON.Member("event", .string("summary")),
      JSON.Member("denied", .unsigned(denied)), JSON.Member("lost_events", .integer(Int64(lost))),
      JSON.Member(
        "rules",
        .array(
          sorted.map { row in
            .object([
              "place": row.place.map(JSON.string), "reason": .string(row.reason), "example": .string(row.example),
              "denied": .unsigned(row.count),
            ])
          })),
    ])
  }
}
