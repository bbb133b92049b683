/// `/proc/self/fd`: what the descriptors of this process stand for, as links. For where the kernel cannot be asked.
struct DescriptorFolder {
  private static var path: String { "/proc/self/fd" }

  private let calls: any SystemCalls
  /// The folder itself, which is in the list as well.
  let descriptor: Int32

  /// Opens it. What is mounted there may be anything, the folder of another process included, so it is looked at: in the
  /// folder of this process, the link under the number of the folder leads to the folder.
  init(_ calls: any SystemCalls) throws(KernelError) {
    self.calls = calls
    let folder = try attempt("open(\(Self.path))") { () throws(Errno) in
      try calls.open(FilePath(Self.path), directory: true)
    }
    descriptor = folder
    let fileSystem = try attempt("fstatfs(\(Self.path))") { () throws(Errno) in try calls.fileSystem(folder) }
    guard fileSystem == .proc else { throw KernelError("open(\(Self.path))", .noSuchFile) }
    let own = "\(Self.path)/\(folder)"
    let itself = try attempt("open(\(own))") { () throws(Errno) in
      let itself = try calls.openPath(FilePath(own), in: nil, [.directory, .followingLink])
      guard try calls.fileStatus(itself).identity == calls.fileStatus(folder).identity else { throw .noSuchFile }
      return itself
    }
    try attempt("close(\(Self.path))") { () throws(Errno) in try calls.close(itself) }
  }

  /// The text of the link under a number; `nil` if there is none.
  func link(_ number: Int32) throws(KernelError) -> String? {
    let path = "\(Self.path)/\(number)"
    do throws(Errno) {
      return try calls.readLink(path)
    } catch {
      if error == .noSuchFile { return nil }
      throw KernelError("readlink(\(path))", error)
    }
  }

  /// Every descriptor that this process has.
  func all() throws(KernelError) -> [Int32] {
    var numbers: [Int32] = []
    // One buffer, so that the calls have the same words: docs/design/0016-asking-back.md.
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = try attempt("getdents64(\(Self.path))") { () throws(Errno) in
        try calls.directoryEntries(descriptor, into: &buffer)
      }
      if count == 0 { break }
      numbers += Self.numbers(in: Array(buffer[..<count]))
    }
    // A list that lacks what is known to be open is not the kernel's.
    guard numbers.contains(descriptor) else { throw KernelError("getdents64(\(Self.path))", .pretended) }
    return numbers
  }

  func close() throws(KernelError) {
    try attempt("close(\(Self.path))") { () throws(Errno) in try calls.close(descriptor) }
  }

  /// The names that are numbers in a run of `struct linux_dirent64`: u64 inode, s64 offset, u16 record length, u8 type,
  /// then the name with its NUL.
  static func numbers(in entries: [UInt8]) -> [Int32] {
    let lengthOffset = 16
    let nameOffset = 19
    var numbers: [Int32] = []
    var start = 0
    while start + nameOffset < entries.count {
      let bytes = (entries[start + lengthOffset], entries[start + lengthOffset + 1])
      let length = Int(UInt16(littleEndian: UInt16(bytes.1) << 8 | UInt16(bytes.0)))
      guard length > nameOffset, start + length <= entries.count else { break }
      let name = entries[(start + nameOffset)..<(start + length)].prefix { $0 != 0 }
      if let number = Int32(String(decoding: name, as: UTF8.self)) { numbers.append(number) }
      start += length
    }
    return numbers
  }
}
