/// What libFuzzer calls with every input.
///
/// An input is a policy and, behind lines of three hyphens, the files that it can include. A broken promise of the
/// code ends the process: by a trap, by AddressSanitizer, or by one of the preconditions here.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  // SAFETY: libFuzzer hands over `count` bytes that live through the call; they are copied at once.
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  PolicyRun(input).run()
  RequestRun(input).run()
  return 0
}
