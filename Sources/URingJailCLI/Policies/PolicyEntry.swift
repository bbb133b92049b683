import Kernel

/// Whether there is anything at a path, even if nothing can be read there.
///
/// A policy that is there under its name must not be passed over in favour of another one because it is damaged: the
/// other may let more through. So "there is nothing" is said only where the kernel says so of the very entry.
enum PolicyEntry {
  /// True if the path has no entry: neither a link to nothing nor something behind a link to nothing is meant.
  ///
  /// `path`: absolute, without `..`.
  ///
  /// - Throws: why that cannot be told.
  static func isAbsent(_ path: FilePath, _ calls: any SystemCalls) throws(KernelError) -> Bool {
    var held: [Int32] = []
    // A close that fails has still released the descriptor.
    defer { for descriptor in held { try? calls.close(descriptor) } }
    var names = path.components[...]
    var place = try open(FilePath("/"), in: nil, .directory, calls, &held)
    while let name = names.popFirst() {
      do throws(KernelError) {
        _ = try open(FilePath(name), in: place, [], calls, &held)
      } catch {
        if error.errno == .noSuchFile { return true }
        throw error
      }
      // Where it is no directory, what is left of the path leads nowhere, and that is no absence.
      if !names.isEmpty { place = try open(FilePath(name), in: place, [.directory, .followingLink], calls, &held) }
    }
    return false
  }

  private static func open(
    _ name: FilePath, in folder: Int32?, _ options: PathOptions, _ calls: any SystemCalls, _ held: inout [Int32]
  ) throws(KernelError) -> Int32 {
    let descriptor = try attempt("open(\(name))") { () throws(Errno) in try calls.openPath(name, in: folder, options) }
    held.append(descriptor)
    return descriptor
  }
}
