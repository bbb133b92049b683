/// Looks through the descriptors of this process.
package struct DescriptorScan<Calls: SystemCalls> {
  private static var folder: String { "/proc/self/fd" }

  private let calls: Calls

  package init(_ calls: Calls) {
    self.calls = calls
  }

  /// Descriptors of io_uring rings that the target would inherit. Such a ring was made before the jail, and requests
  /// through it are not subject to it. Needs /proc.
  package func inheritedRings() throws(KernelError) -> [Int32] {
    let folder = try attempt("open(\(Self.folder))") { () throws(Errno) in
      try calls.open(FilePath(Self.folder), directory: true)
    }
    var rings: [Int32] = []
    while true {
      let entries = try attempt("getdents64(\(Self.folder))") { () throws(Errno) in
        try calls.directoryEntries(folder)
      }
      if entries.isEmpty { break }
      for descriptor in Self.descriptors(in: entries) where descriptor != folder {
        if try isRing(descriptor), try !closesOnExec(descriptor) { rings.append(descriptor) }
      }
    }
    try attempt("close(\(Self.folder))") { () throws(Errno) in try calls.close(folder) }
    return rings
  }

  private func isRing(_ descriptor: Int32) throws(KernelError) -> Bool {
    // io_uring_get_file(), io_uring/io_uring.c: the name of the anonymous inode.
    let link = "\(Self.folder)/\(descriptor)"
    return try attempt("readlink(\(link))") { () throws(Errno) in try calls.readLink(link) } == "anon_inode:[io_uring]"
  }

  private func closesOnExec(_ descriptor: Int32) throws(KernelError) -> Bool {
    try attempt("fcntl(\(descriptor), F_GETFD)") { () throws(Errno) in try calls.closesOnExec(descriptor) }
  }

  /// The names that are numbers in a run of `struct linux_dirent64`: u64 inode, s64 offset, u16 record length, u8 type,
  /// then the name with its NUL.
  static func descriptors(in entries: [UInt8]) -> [Int32] {
    let lengthOffset = 16
    let nameOffset = 19
    var descriptors: [Int32] = []
    var start = 0
    while start + nameOffset < entries.count {
      let bytes = (entries[start + lengthOffset], entries[start + lengthOffset + 1])
      let length = Int(UInt16(littleEndian: UInt16(bytes.1) << 8 | UInt16(bytes.0)))
      guard length > nameOffset, start + length <= entries.count else { break }
      let name = entries[(start + nameOffset)..<(start + length)].prefix { $0 != 0 }
      if let descriptor = Int32(String(decoding: name, as: UTF8.self)) { descriptors.append(descriptor) }
      start += length
    }
    return descriptors
  }
}
