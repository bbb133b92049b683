/// The names in a directory. Not for the way of a launch.
package enum DirectoryNames {
  /// All but `.` and `..`, in the order of the file system.
  ///
  /// - Throws: what open(2) or getdents64(2) fails with.
  package static func list(_ path: FilePath, _ calls: any SystemCalls) throws(Errno) -> [String] {
    let descriptor = try calls.open(path, directory: true)
    defer { try? calls.close(descriptor) }
    var names: [String] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = try calls.directoryEntries(descriptor, into: &buffer)
      if count == 0 { return names }
      names += self.names(inEntries: Array(buffer[..<count]))
    }
  }

  /// `struct linux_dirent64`: inode 8 bytes, offset 8, length of the entry 2, type 1, name up to a NUL.
  private static func names(inEntries bytes: [UInt8]) -> [String] {
    var names: [String] = []
    var start = 0
    while start + 19 <= bytes.count {
      let length = Int(bytes[start + 16]) | Int(bytes[start + 17]) << 8
      if length < 19 { return names }
      let name = bytes[(start + 19)..<min(start + length, bytes.count)].prefix { $0 != 0 }
      if !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) {
        names.append(String(decoding: name, as: UTF8.self))
      }
      start += length
    }
    return names
  }
}
