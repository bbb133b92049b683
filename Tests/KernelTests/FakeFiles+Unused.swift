import BPF
import Kernel

/// Calls that have nothing to do with reading files.
extension FakeFiles {
  func execute(
    _ path: FilePath, _ arguments: ArgumentVector, _ marker: ExecutionMarker?
  ) throws(Errno) -> Never {
    throw .noSystemCall
  }
  func closeOnExec(from first: UInt32, through last: UInt32) throws(Errno) { throw .noSystemCall }
  func closeOnExec(_ descriptor: Int32) throws(Errno) { throw .noSystemCall }
  func keepOnExec(_ descriptor: Int32) throws(Errno) { throw .noSystemCall }
  func isClosedOnExec(_ descriptor: Int32) throws(Errno) -> Bool { throw .noSystemCall }
  func duplicate(_ descriptor: Int32, atLeast lowest: Int32) throws(Errno) -> Int32 { throw .noSystemCall }
  func enterRing(_ descriptor: Int32) throws(Errno) { throw .noSystemCall }
  func setUpNoRing() throws(Errno) { throw .noSystemCall }
  func executeNothing() throws(Errno) { throw .noSystemCall }
  func filterSystemCallsByNothing() throws(Errno) { throw .noSystemCall }
  func fileCapabilities(_ path: FilePath) throws(Errno) -> FileCapabilities { throw .noSystemCall }
  func processID() -> Int32 { 1 }
  func create(_ path: FilePath) throws(Errno) -> Int32 { throw .noSystemCall }
  func write(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) -> Int { throw .noSystemCall }
  func rename(_ path: FilePath, to other: FilePath) throws(Errno) { throw .noSystemCall }
  func makeDirectory(_ path: FilePath) throws(Errno) { throw .noSystemCall }
  func hasSystemAdministrationCapability() throws(Errno) -> Bool { throw .noSystemCall }
  func setCapabilities(_ sets: CapabilitySets) throws(Errno) { throw .noSystemCall }
  func isInBoundingSet(_ capability: UInt8) throws(Errno) -> Bool { throw .noSystemCall }
  func dropFromBoundingSet(_ capability: UInt8) throws(Errno) { throw .noSystemCall }
  func randomBytes(_ count: Int) throws(Errno) -> [UInt8] { throw .noSystemCall }
  func filterSystemCalls(_ program: Program) throws(Errno) { throw .noSystemCall }
  func fork(_ child: () -> Int32) throws(Errno) -> Int32 { throw .noSystemCall }
  func wait(for process: Int32) throws(Errno) -> Int32 { throw .noSystemCall }
  func noticeChildren() throws(Errno) -> Bool { throw .noSystemCall }
  func makeRing() throws(Errno) { throw .noSystemCall }
  func executeSelf(_ argument: StaticString) throws(Errno) -> Never { throw .noSystemCall }
}
