/// The descriptors that this process was started with, and would hand on.
///
/// They are told from those that this program has opened itself: execve(2) closes all of these, and none of those, or it
/// would not have come through the execution of this program.
package struct InheritedDescriptors {
  private let calls: any SystemCalls

  package init(_ calls: any SystemCalls) {
    self.calls = calls
  }

  /// What a number stands for.
  package enum Content: Hashable, Sendable {
    /// Nothing that this process was started with.
    case nothing
    /// An io_uring ring: requests through it follow the rules under which it was made.
    case ring
    case other
  }

  // MARK: Looking

  /// Looks at descriptors, from 0 up to and with one, and then at others, until the body says false.
  ///
  /// The kernel is asked by io_uring_enter(2), which tells rings from everything else. Where it cannot be, what is on the
  /// file system of anonymous inodes may be a ring, and its link in /proc tells.
  package func examine(
    through last: Int32, and others: [Int32], _ body: (Int32, Content) -> Bool
  ) throws(KernelError) {
    let asksForRings = tellsRings()
    var descriptor: Int32 = 0
    var goesOn = true
    while goesOn, descriptor <= last {
      goesOn = try body(descriptor, content(of: descriptor, asksForRings))
      descriptor += 1
    }
    for descriptor in others where goesOn { goesOn = try body(descriptor, content(of: descriptor, asksForRings)) }
  }

  /// Every descriptor that this process has, those that it opened itself included. Needs /proc.
  package func all() throws(KernelError) -> [Int32] {
    let folder = try DescriptorFolder(calls)
    let descriptors = try folder.all()
    try folder.close()
    return descriptors.filter { $0 != folder.descriptor }
  }

  /// True if it is the kernel that answers io_uring_enter(2): a filter that says of everything that it is no ring does
  /// not know that -1 is not even open.
  private func tellsRings() -> Bool {
    do throws(Errno) {
      try calls.enterRing(-1)
      return false
    } catch {
      return error == .badDescriptor
    }
  }

  private func content(of descriptor: Int32, _ asksForRings: Bool) throws(KernelError) -> Content {
    if descriptor > 2, try !isInherited(descriptor) { return .nothing }
    guard asksForRings else { return try contentByKind(of: descriptor) }
    do throws(Errno) {
      try calls.enterRing(descriptor)
      return .ring
    } catch {
      switch error {
      case .notSupported: return .other
      case .badState: return .ring
      // EBADF as well: what is open by O_PATH has it, and whatever a filter says it of.
      default: return try contentByKind(of: descriptor)
      }
    }
  }

  private func isInherited(_ descriptor: Int32) throws(KernelError) -> Bool {
    do throws(Errno) {
      return try !calls.isClosedOnExec(descriptor)
    } catch {
      if error == .badDescriptor { return false }
      throw KernelError("fcntl(\(descriptor), F_GETFD)", error)
    }
  }

  private func contentByKind(of descriptor: Int32) throws(KernelError) -> Content {
    do throws(Errno) {
      if try calls.fileSystem(descriptor) != .anonymousInodes { return .other }
    } catch {
      if error == .badDescriptor { return .nothing }
    }
    let folder = try DescriptorFolder(calls)
    let link = try folder.link(descriptor)
    try folder.close()
    // io_uring_get_file(), io_uring/io_uring.c: the name of the anonymous inode.
    return link.map { $0 == "anon_inode:[io_uring]" ? .ring : .other } ?? .nothing
  }

  // MARK: Closing

  /// Has execve close every descriptor above 2 that is not kept.
  ///
  /// They are marked and not closed here, so that nothing that this process still needs goes away, and whatever it
  /// opens from now on is marked by being opened so. All are marked, and the mark is taken from those that are kept:
  /// so one descriptor that is known to be open shows that the marking was done.
  ///
  /// `kept`: open, ascending, each once.
  package func closeOnExec(except kept: [Int32]) throws(KernelError) {
    let witness: Int32 = if let last = kept.last, last > 2 { last } else { try makeWitness() }
    do throws(Errno) {
      try calls.closeOnExec(from: 3, through: .max)
    } catch {
      // Not there before 5.9, without the flag before 5.11, or forbidden by a seccomp filter that does not know it.
      guard [.noSystemCall, .invalid, .notPermitted].contains(error) else { throw KernelError("close_range", error) }
      try closeListedOnExec(knowing: witness)
    }
    guard try isClosedOnExec(witness) else { throw KernelError("close_range", .pretended) }
    for descriptor in kept where descriptor > 2 {
      try attempt("fcntl(\(descriptor), F_SETFD)") { () throws(Errno) in try calls.keepOnExec(descriptor) }
      if try isClosedOnExec(descriptor) { throw KernelError("fcntl(\(descriptor), F_SETFD)", .pretended) }
    }
  }

  private func isClosedOnExec(_ descriptor: Int32) throws(KernelError) -> Bool {
    do throws(Errno) {
      return try calls.isClosedOnExec(descriptor)
    } catch {
      throw KernelError("fcntl(\(descriptor), F_GETFD)", error)
    }
  }

  /// A descriptor above 2 that execve would not close.
  private func makeWitness() throws(KernelError) -> Int32 {
    for stream: Int32 in 0...2 {
      do throws(Errno) {
        return try calls.duplicate(stream, atLeast: 3)
      } catch {
        if error != .badDescriptor { throw Self.noWitness(error) }
      }
    }
    let root = try attempt("open(/)") { () throws(Errno) in try calls.openPath(FilePath("/"), in: nil, .directory) }
    do throws(Errno) {
      // The root stays open until execve closes it.
      return try calls.duplicate(root, atLeast: 3)
    } catch {
      throw Self.noWitness(error)
    }
  }

  /// EINVAL: no descriptor above 2 is allowed to be.
  private static func noWitness(_ error: Errno) -> KernelError {
    KernelError("fcntl(F_DUPFD)", error == .invalid ? .tooManyOpenFiles : error)
  }

  private func closeListedOnExec(knowing witness: Int32) throws(KernelError) {
    let folder = try DescriptorFolder(calls)
    let descriptors = try folder.all()
    guard descriptors.contains(witness) else { throw KernelError("getdents64(/proc/self/fd)", .pretended) }
    for descriptor in descriptors where descriptor > 2 && descriptor != folder.descriptor {
      try attempt("fcntl(\(descriptor), F_SETFD)") { () throws(Errno) in try calls.closeOnExec(descriptor) }
      guard try isClosedOnExec(descriptor) else { throw KernelError("fcntl(\(descriptor), F_SETFD)", .pretended) }
    }
    try folder.close()
  }
}
