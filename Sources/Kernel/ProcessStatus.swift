/// What `/proc/self/status` says about this process. It comes in memory, which a seccomp filter cannot write to.
package struct ProcessStatus: Hashable, Sendable {
  private static var path: String { "/proc/self/status" }

  /// Capabilities that the programs that it executes can get; bit n for capability n.
  package let boundingSet: UInt64
  /// Some seccomp filter sees its calls.
  package let isFiltered: Bool

  /// - Throws: ENOENT as well if the file is about another process, as something else may be mounted there.
  package init(_ calls: any SystemCalls) throws(KernelError) {
    let contents: FileContents
    do throws(FileReadFailure) {
      contents = try FileReader(calls, trust: .notNeeded).read(FilePath(Self.path), limit: 65_536)
    } catch {
      if case .kernel(let error) = error { throw KernelError("\(error.call)(\(Self.path))", error.errno) }
      throw KernelError("open(\(Self.path))", .noSuchFile)
    }
    var fields: (process: String?, bounding: UInt64?, mode: String?)
    for line in String(decoding: contents.bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split { $0 == "\t" || $0 == " " }
      guard words.count > 1, let last = words.last else { continue }
      switch words[0] {
      // The numbers of the process in each namespace, its own last (4.1).
      case "NSpid:": fields.process = String(last)
      case "CapBnd:": fields.bounding = UInt64(last, radix: 16)
      case "Seccomp:": fields.mode = String(last)
      default: break
      }
    }
    guard let bounding = fields.bounding, let process = fields.process.flatMap({ Int32($0) }),
      process == calls.processID()
    else { throw KernelError("open(\(Self.path))", .noSuchFile) }
    boundingSet = bounding
    // A kernel without seccomp has no such line.
    isFiltered = fields.mode.map { $0 != "0" } ?? false
  }
}
