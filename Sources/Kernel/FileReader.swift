/// Reads a whole file through one descriptor: what was looked at is what is read.
package struct FileReader<Calls: SystemCalls> {
  private let calls: Calls

  package init(_ calls: Calls) {
    self.calls = calls
  }

  package enum Failure: Error, Hashable, Sendable {
    case kernel(KernelError)
    /// A directory, device or socket: not something to read a text from.
    case notAFile(isDirectory: Bool)
    /// More than the given number of bytes.
    case tooLarge(limit: Int)
  }

  /// The bytes of a regular file, or all that comes out of a pipe.
  package func read(_ path: FilePath, limit: Int) throws(Failure) -> [UInt8] {
    let descriptor = try attempting("open") { () throws(Errno) in try calls.open(path, directory: false) }
    let result: Swift.Result<[UInt8], Failure>
    do throws(Failure) {
      result = .success(try contents(of: descriptor, limit: limit))
    } catch {
      result = .failure(error)
    }
    // A close that fails has still released the descriptor, and nothing was written through it.
    try? calls.close(descriptor)
    return try result.get()
  }

  private func contents(of descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
    let status = try attempting("fstat") { () throws(Errno) in try calls.fileStatus(descriptor) }
    guard status.kind == .regular || status.kind == .pipe else {
      throw .notAFile(isDirectory: status.kind == .directory)
    }
    if status.kind == .regular, status.size > Int64(limit) { throw .tooLarge(limit: limit) }

    var contents: [UInt8] = []
    // One byte more than the file has lets the first read find its end.
    var buffer = [UInt8](repeating: 0, count: status.kind == .regular ? Int(status.size) + 1 : 65_536)
    while true {
      let count = try attempting("read") { () throws(Errno) in try readThroughInterrupts(descriptor, &buffer) }
      if count == 0 { return contents }
      contents += buffer[..<count]
      // The file may grow while it is read.
      if contents.count > limit { throw .tooLarge(limit: limit) }
    }
  }

  private func readThroughInterrupts(_ descriptor: Int32, _ buffer: inout [UInt8]) throws(Errno) -> Int {
    while true {
      do throws(Errno) {
        return try calls.read(descriptor, into: &buffer)
      } catch {
        if error != .interrupted { throw error }
      }
    }
  }

  private func attempting<Result>(
    _ call: String, _ body: () throws(Errno) -> Result
  ) throws(Failure) -> Result {
    do throws(Errno) {
      return try body()
    } catch {
      throw .kernel(KernelError(call, error))
    }
  }
}
