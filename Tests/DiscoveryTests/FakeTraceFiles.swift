import Foundation
import Kernel

/// A tracefs and a /proc in memory. Not for several threads at once.
final class FakeTraceFiles: TraceFiles {
  var texts: [String: String] = [:]
  var folders: Set<String> = []
  var links: [String: String] = [:]
  var isMounted = true
  /// What any change fails with.
  var refusal: Errno?
  /// What was appended, as `PATH: TEXT`.
  private(set) var written: [String] = []

  func text(of path: String) throws(Errno) -> String {
    guard let text = texts[path] else { throw .noSuchFile }
    return text
  }

  func append(_ text: String, to path: String) throws(Errno) {
    if let refusal { throw refusal }
    written.append("\(path): \(text)")
  }

  func names(in folder: String) throws(Errno) -> [String] {
    let all = Array(texts.keys) + folders
    let inside = all.filter { $0.hasPrefix(folder + "/") }
    if inside.isEmpty, !folders.contains(folder) { throw .noSuchFile }
    return Array(Set(inside.map { String($0.dropFirst(folder.count + 1).prefix { $0 != "/" }) })).sorted()
  }

  func link(_ path: String) throws(Errno) -> String {
    guard let link = links[path] else { throw .noSuchFile }
    return link
  }

  func makeFolder(_ path: String) throws(Errno) {
    if let refusal { throw refusal }
    folders.insert(path)
  }

  func removeFolder(_ path: String) throws(Errno) {
    if let refusal { throw refusal }
    guard folders.remove(path) != nil else { throw .noSuchFile }
  }

  func isTraceFileSystem(_ folder: String) -> Bool { isMounted && folder == "/sys/kernel/tracing" }

  /// A kernel that can be traced by this process, which is number 10 and was started at 100.
  static func tracing() -> FakeTraceFiles {
    let files = FakeTraceFiles()
    let tracing = "/sys/kernel/tracing"
    files.folders = ["\(tracing)/instances", "\(tracing)/events/io_uring", "\(tracing)/events/syscalls"]
    for event in [
      "io_uring/io_uring_req_failed", "io_uring/io_uring_submit_req", "syscalls/sys_enter_io_uring_register",
    ] {
      files.texts["\(tracing)/events/\(event)/format"] = ""
    }
    files.texts["\(tracing)/kprobe_events"] = ""
    files.links = ["/proc/self": "10", "/proc/self/ns/pid": "pid:[4026531836]"]
    files.texts["/proc/self/status"] = "Name:\tx\nCapEff:\t000001ffffffffff\n"
    files.texts["/proc/filesystems"] = "nodev\ttracefs\n"
    files.texts["/proc/10/stat"] = stat(10, started: 100)
    return files
  }

  /// A name with everything in it that could confuse.
  static func stat(_ process: Int, started: Int) -> String {
    "\(process) (a) b (c) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 \(started) 0 0\n"
  }
}
