extension Document {
  /// What running the sessions came to.
  package struct Replay {
    /// The document with what was printed just now.
    package var text: String
    package var differences: [String] = []
    /// How many commands were run.
    package var count = 0
  }

  /// Writes the files and runs the commands, in the order of the document.
  ///
  /// - Parameters:
  ///   - withFilters: run the sessions that need a kernel with filters, and no others.
  ///   - write: writes a file, by its name.
  ///   - run: runs a script with both streams as one, and returns what was printed and the exit status.
  /// - Returns: what was printed, and where that is not what the document shows.
  /// - Throws: what `write` or `run` throws.
  package func replay(
    withFilters: Bool, write: (String, String) throws -> Void,
    run: (String) async throws -> (output: String, status: Int32)
  ) async throws -> Replay {
    var replay = Replay(text: "")
    var lines = lines
    // Places move once an output has another length.
    var shift = 0
    for block in blocks {
      if let file = block.file { try write(file, text(of: block)) }
      guard block.isSession, block.needsFilters == withFilters else { continue }
      var status: Int32 = 0
      for command in commands(of: block) {
        // `echo $?` tells of the command before.
        let (output, newStatus) = try await run("(exit \(status)); \(command.text)")
        status = newStatus
        replay.count += 1
        var printed = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if printed.last == "" { printed.removeLast() }
        let expected = Array(self.lines[command.output])
        if printed != expected {
          replay.differences.append(
            "line \(command.output.lowerBound): $ \(command.text)\nprinted:\n\(printed.joined(separator: "\n"))\n"
              + "the document has:\n\(expected.joined(separator: "\n"))")
        }
        lines.replaceSubrange((command.output.lowerBound + shift)..<(command.output.upperBound + shift), with: printed)
        shift += printed.count - expected.count
      }
    }
    replay.text = lines.joined(separator: "\n")
    return replay
  }
}
