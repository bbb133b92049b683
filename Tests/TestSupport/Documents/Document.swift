/// A Markdown text whose examples can be tried: fenced blocks with a file, and fenced blocks with a session at a shell.
///
///     ```toml first.toml        a file of that name
///     ```console                commands behind "$ ", each followed by what it prints
///     ```console lab            the same, on a kernel with io_uring filters
///
/// A command goes on in the next line where a line ends with a backslash. Standard output and standard error are shown
/// as one. Files stay from one block to the next, and a later block with the same name replaces the file.
package struct Document {
  package struct Block {
    /// The words behind the three backticks.
    package let info: [String]
    /// Of what is between the fences; indices of lines.
    package let range: Range<Int>

    package var isSession: Bool { info.first == "console" }
    /// True if the session needs a kernel with filters.
    package var needsFilters: Bool { info == ["console", "lab"] }
    /// `nil` if the block is no file.
    package var file: String? { !isSession && info.count == 2 ? info[1] : nil }
  }

  package let lines: [String]
  package let blocks: [Block]

  package init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var blocks: [Block] = []
    var open: (info: [String], start: Int)?
    for (index, line) in lines.enumerated() where line.hasPrefix("```") {
      if let (info, start) = open {
        blocks.append(Block(info: info, range: start..<index))
        open = nil
      } else {
        open = (line.dropFirst(3).split(separator: " ").map(String.init), index + 1)
      }
    }
    self.blocks = blocks
  }

  package func text(of block: Block) -> String { lines[block.range].map { $0 + "\n" }.joined() }

  /// A command of a session.
  package struct Command {
    /// The lines of the command itself.
    package let text: String
    /// What is said to be printed; indices of lines.
    package let output: Range<Int>
  }

  package func commands(of block: Block) -> [Command] {
    var commands: [Command] = []
    var index = block.range.lowerBound
    while index < block.range.upperBound {
      var text = ""
      var line = lines[index]
      index += 1
      // What stands before the first command is nobody's output.
      guard line.hasPrefix("$ ") else { continue }
      line.removeFirst(2)
      while line.hasSuffix("\\"), index < block.range.upperBound {
        text += line + "\n"
        line = lines[index]
        index += 1
      }
      text += line
      let end = lines[index..<block.range.upperBound].firstIndex { $0.hasPrefix("$ ") } ?? block.range.upperBound
      commands.append(Command(text: text, output: index..<end))
      index = end
    }
    return commands
  }

  /// Lines outside of sessions that look as if they were a program's, which nothing would keep from going stale.
  package var untriedLines: [String] {
    let tried = blocks.filter(\.isSession).map(\.range)
    return lines.indices.filter { index in
      let line = lines[index].drop { $0 == " " }
      return !tried.contains { $0.contains(index) } && (line.hasPrefix("$ ") || line.hasPrefix("uring-jail: "))
    }.map { lines[$0] }
  }
}
