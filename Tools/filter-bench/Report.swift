import Diagnostics

/// What was measured, for people and for programs.
struct Report {
  let contests: [Contest]
  let times: [CompileTime]
  /// The process's peak of resident memory before and after the large policy was compiled, in bytes.
  let peakBefore: Int64
  let peakAfter: Int64

  // MARK: Aims

  /// Misses of what is aimed at, one line each.
  var missed: [String] {
    var missed: [String] = []
    for contest in contests where contest.ours.worst > contest.bound {
      missed.append("\(contest.name): executes \(contest.ours.worst), bound \(contest.bound)")
    }
    for (name, factor) in [("64 values", 4.0), ("250 values", 10.0)] {
      for contest in contests where contest.name == name && contest.ours.hits * factor > contest.seccomp.hits {
        missed.append("\(name): less than \(Int(factor)) times fewer than libseccomp")
      }
    }
    for contest in contests where contest.intervalsAreMany && contest.compileRatio > 1 {
      missed.append("\(contest.name): compiled in \(Self.tenths(contest.compileRatio)) times libseccomp's time")
    }
    // From a thousand prefixes to 64 times as many.
    let growth = times.filter { $0.prefixes > 1_000 && $0.prefixes != 10_000 }.map(\.perStep)
    if let first = growth.first, let last = growth.last, last > 2 * first {
      missed.append("compile times grow faster than n log n: \(Self.tenths(last / first)) times as much for each step")
    }
    if peakAfter >= 40_000_000 { missed.append("10,000 prefixes: \(Self.megabytes(peakAfter)) MB") }
    return missed
  }

  var meetsAims: Bool { missed.isEmpty }

  // MARK: Text

  var text: String {
    """
    Instructions: in all programs, and executed: worst, mean of members, mean of misses beside them.

    \(costTable)

    Times to compile, in milliseconds, beside libseccomp's.

    \(contestTimeTable)

    Times to compile, in milliseconds, and nanoseconds for each prefix and doubling of their number.

    \(timeTable)

    Peak of resident memory: \(Self.megabytes(peakAfter)) MB with 10,000 prefixes, \
    \(Self.megabytes(peakBefore)) MB before.
    Aims: \(meetsAims ? "met" : "MISSED\n  " + missed.joined(separator: "\n  "))

    """
  }

  private var costTable: String {
    var rows = [["set", "by", "programs", "instructions", "worst", "bound", "hits", "misses", "fewer"]]
    for contest in contests {
      let ours = contest.ours
      for (name, cost) in [("uring-jail", ours), ("libseccomp", contest.seccomp), ("linear", contest.linear)] {
        let isOurs = name == "uring-jail"
        rows.append([
          isOurs ? contest.name : "", name, String(cost.programs),
          String(cost.instructions) + (cost.isLoadable ? "" : "*"), String(cost.worst),
          isOurs ? String(contest.bound) : "", Self.tenths(cost.hits), Self.tenths(cost.misses),
          isOurs ? "" : Self.tenths(cost.hits / ours.hits) + "x",
        ])
      }
    }
    return Self.table(rows, leftColumns: 2) + "\n* longer than the 4096 instructions that the kernel takes"
  }

  private var contestTimeTable: String {
    var rows = [["set", "uring-jail", "libseccomp", "ratio"]]
    for contest in contests {
      rows.append([
        contest.name, Self.milliseconds(contest.compileTime), Self.milliseconds(contest.seccompCompileTime),
        Self.decimal(Int64((contest.compileRatio * 100).rounded()), digits: 2),
      ])
    }
    return Self.table(rows, leftColumns: 1)
  }

  private var timeTable: String {
    var rows = [["policy", "filters", "instructions", "runs", "minimum", "median", "ns/(n log n)"]]
    for time in times {
      rows.append([
        time.name, String(time.programs), String(time.instructions), String(time.runs),
        Self.milliseconds(time.minimum), Self.milliseconds(time.median),
        time.prefixes < 1_000 ? "" : Self.tenths(time.perStep),
      ])
    }
    return Self.table(rows, leftColumns: 1)
  }

  private static func table(_ rows: [[String]], leftColumns: Int) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return column < leftColumns ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  // MARK: JSON

  /// Means in hundredths, times in nanoseconds.
  var json: JSON {
    .object([
      "peak_bytes_before": .integer(peakBefore),
      "peak_bytes_after_large": .integer(peakAfter),
      "missed": .array(missed.map(JSON.string)),
      "sets": .array(
        contests.map { contest in
          .object([
            "name": .string(contest.name), "bound": .integer(Int64(contest.bound)),
            "uring_jail": Self.object(contest.ours), "libseccomp": Self.object(contest.seccomp),
            "linear": Self.object(contest.linear),
            "compile_ns": .integer(contest.compileTime), "libseccomp_compile_ns": .integer(contest.seccompCompileTime),
          ])
        }),
      "policies": .array(
        times.map { time in
          .object([
            "name": .string(time.name), "prefixes": .integer(Int64(time.prefixes)),
            "filters": .integer(Int64(time.programs)), "instructions": .integer(Int64(time.instructions)),
            "runs": .integer(Int64(time.runs)), "minimum_ns": .integer(time.minimum),
            "median_ns": .integer(time.median),
          ])
        }),
    ])
  }

  private static func object(_ cost: Contest.Cost) -> JSON {
    .object([
      "programs": .integer(Int64(cost.programs)), "instructions": .integer(Int64(cost.instructions)),
      "worst": .integer(Int64(cost.worst)), "mean_hits_hundredths": .integer(Int64((cost.hits * 100).rounded())),
      "mean_misses_hundredths": .integer(Int64((cost.misses * 100).rounded())),
      "loadable": .bool(cost.isLoadable),
    ])
  }

  // MARK: Numbers

  private static func tenths(_ number: Double) -> String { decimal(Int64((number * 10).rounded()), digits: 1) }

  private static func milliseconds(_ nanoseconds: Int64) -> String { decimal(nanoseconds / 1_000, digits: 3) }

  private static func megabytes(_ bytes: Int64) -> String { decimal(bytes / 100_000, digits: 1) }

  /// A number in units of the last digit.
  private static func decimal(_ number: Int64, digits: Int) -> String {
    let text = String(number)
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    return padded.dropLast(digits) + "." + padded.suffix(digits)
  }
}
