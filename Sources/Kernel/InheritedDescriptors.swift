/// The descriptors that this process was started with, and would hand on.
package struct InheritedDescriptors {
  private static var folder: String { "/proc/self/fd" }

  private let calls: any SystemCalls

  package init(_ calls: any SystemCalls) {
    self.calls = calls
  }

  /// What a number stands for.
  package enum Content: Hashable, Sendable {
    case nothing
    /// An io_uring ring: requests through it follow the rules under which it was made.
    case ring
    case other
  }

  /// Looks at descriptors, from 0 up to and with one, and then at others, until the body says false. Needs /proc:
  /// without it there is no answer.
  package func examine(
    through last: Int32, and others: [Int32], _ body: (Int32, Content) -> Bool
  ) throws(KernelError) {
    let folder = try attempt("open(\(Self.folder))") { () throws(Errno) in
      try calls.open(FilePath(Self.folder), directory: true)
    }
    // Where something else is mounted there, a missing link would say nothing.
    let fileSystem = try attempt("fstatfs(\(Self.folder))") { () throws(Errno) in try calls.fileSystem(folder) }
    guard fileSystem == .proc else { throw KernelError("open(\(Self.folder))", .noSuchFile) }
    var descriptor: Int32 = 0
    var goesOn = true
    while goesOn, descriptor <= last {
      goesOn = try body(descriptor, content(of: descriptor))
      descriptor += 1
    }
    for descriptor in others where goesOn { goesOn = try body(descriptor, content(of: descriptor)) }
    try attempt("close(\(Self.folder))") { () throws(Errno) in try calls.close(folder) }
  }

  /// The paths that every launch asks for are spelled out: to put a number into words brings in much that nothing else
  /// needs.
  private static func link(_ descriptor: Int32) -> String {
    switch descriptor {
    case 0: "/proc/self/fd/0"
    case 1: "/proc/self/fd/1"
    case 2: "/proc/self/fd/2"
    default: "\(folder)/\(descriptor)"
    }
  }

  private func content(of descriptor: Int32) throws(KernelError) -> Content {
    let link = Self.link(descriptor)
    do throws(Errno) {
      // io_uring_get_file(), io_uring/io_uring.c: the name of the anonymous inode.
      return try calls.readLink(link) == "anon_inode:[io_uring]" ? .ring : .other
    } catch {
      if error == .noSuchFile { return .nothing }
      throw KernelError("readlink(\(link))", error)
    }
  }

  /// Has execve close every descriptor above 2 that is not kept.
  ///
  /// They are marked and not closed here, so that nothing that this process still needs goes away, and whatever it
  /// opens from now on is marked by being opened so.
  ///
  /// `kept`: ascending, each once.
  package func closeOnExec(except kept: [Int32]) throws(KernelError) {
    do throws(Errno) {
      var first: UInt32 = 3
      for descriptor in kept where descriptor > 2 {
        let number = UInt32(descriptor)
        if number > first { try calls.closeOnExec(from: first, through: number - 1) }
        first = number + 1
      }
      try calls.closeOnExec(from: first, through: .max)
    } catch {
      // Not there before 5.9, without the flag before 5.11, or forbidden by a seccomp filter that does not know it.
      guard [.noSystemCall, .invalid, .notPermitted].contains(error) else { throw KernelError("close_range", error) }
      try closeListedOnExec(except: kept)
    }
  }

  private func closeListedOnExec(except kept: [Int32]) throws(KernelError) {
    let folder = try attempt("open(\(Self.folder))") { () throws(Errno) in
      try calls.open(FilePath(Self.folder), directory: true)
    }
    // Marking does not change the list while it is read.
    while true {
      let entries = try attempt("getdents64(\(Self.folder))") { () throws(Errno) in
        try calls.directoryEntries(folder)
      }
      if entries.isEmpty { break }
      for descriptor in Self.descriptors(in: entries)
      where descriptor > 2 && descriptor != folder && !kept.contains(descriptor) {
        try attempt("fcntl(\(descriptor), F_SETFD)") { () throws(Errno) in try calls.closeOnExec(descriptor) }
      }
    }
    try attempt("close(\(Self.folder))") { () throws(Errno) in try calls.close(folder) }
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
