import URingJailCLI

/// The C entry point, under the name that the package manager gives the `main` of this target.
@_cdecl("uring_jail_main")
func uringJailMain(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
  // SAFETY: the C runtime hands over `count` C strings and a final NULL, which live until the process ends.
  unsafe Entry.main(count, arguments)
}
