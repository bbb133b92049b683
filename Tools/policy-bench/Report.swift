import Diagnostics

/// What was measured, for people and for programs.
struct Report {
  let measurements: [Measurement]
  /// The process's peak of resident memory before and after the large policy was read, in bytes.
  let peakBefore: Int64
  let peakAfter: Int64

  /// A table: times in milliseconds, the minimum and the median of all runs.
  var text: String {
    var rows = [
      ["policy", "KB", "runs", "parse", "decode", "check", "all: min", "median", "ns/prefix"]
    ]
    for measurement in measurements {
      let perPrefix = measurement.prefixes < 1_000 ? "" : String(measurement.all.minimum / Int64(measurement.prefixes))
      rows.append([
        measurement.name, String(measurement.bytes / 1_000), String(measurement.runs),
        Self.milliseconds(measurement.parse.median), Self.milliseconds(measurement.decode.median),
        Self.milliseconds(measurement.check.median), Self.milliseconds(measurement.all.minimum),
        Self.milliseconds(measurement.all.median), perPrefix,
      ])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ")
    }
    return """
      Times in milliseconds, of the steps the median.

      \(lines.joined(separator: "\n"))

      Peak of resident memory: \(Self.megabytes(peakAfter)) MB with the large policy, \
      \(Self.megabytes(peakBefore)) MB before it.
      Aims: typical below 0.3 ms, large below 50 ms and 30 MB: \(meetsAims ? "met" : "MISSED").

      """
  }

  /// By the medians.
  private var meetsAims: Bool {
    let most: [String: Int64] = ["typical": 300_000, "large": 50_000_000]
    return peakAfter < 30_000_000 && measurements.allSatisfy { $0.all.median < most[$0.name] ?? .max }
  }

  /// Times in nanoseconds.
  var json: JSON {
    .object([
      "peak_bytes_before": .integer(peakBefore),
      "peak_bytes_after_large": .integer(peakAfter),
      "policies": .array(
        measurements.map { measurement in
          .object([
            "name": .string(measurement.name),
            "prefixes": .integer(Int64(measurement.prefixes)),
            "bytes": .integer(Int64(measurement.bytes)),
            "runs": .integer(Int64(measurement.runs)),
            "parse_ns": Self.object(measurement.parse),
            "decode_ns": Self.object(measurement.decode),
            "check_ns": Self.object(measurement.check),
            "all_ns": Self.object(measurement.all),
          ])
        }),
    ])
  }

  private static func object(_ times: Measurement.Times) -> JSON {
    .object(["minimum": .integer(times.minimum), "median": .integer(times.median)])
  }

  private static func milliseconds(_ nanoseconds: Int64) -> String { decimal(nanoseconds / 1_000, digits: 3) }

  private static func megabytes(_ bytes: Int64) -> String { decimal(bytes / 100_000, digits: 1) }

  /// A number in units of the last digit.
  private static func decimal(_ number: Int64, digits: Int) -> String {
    let text = String(number)
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    return padded.dropLast(digits) + "." + padded.suffix(digits)
  }
}
