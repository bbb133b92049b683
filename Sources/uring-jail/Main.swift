import CStartUp
import URingJailCLI

/// The C entry point, under the name that the package manager gives the `main` of this target.
@_cdecl("uring_jail_main")
func uringJailMain(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
  uj_populate_heap()
  // SAFETY: the C runtime hands over `count` C strings and a final NULL, which live until the process ends.
  return unsafe Entry.main(count, arguments)
}
