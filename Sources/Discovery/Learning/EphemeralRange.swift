package import Kernel

/// The ports that the kernel gives to sockets that ask for none; they are other ones each time.
package enum EphemeralRange {
  /// The kernel's own choice, unless an administrator makes another.
  private static let usual: ClosedRange<UInt16> = 32_768...60_999

  package static var current: ClosedRange<UInt16> { range(LinuxTraceFiles()) }

  package static func range(_ files: some TraceFiles) -> ClosedRange<UInt16> {
    let text = (try? files.text(of: "/proc/sys/net/ipv4/ip_local_port_range")) ?? ""
    let ends = text.split { $0 == "\t" || $0 == " " || $0 == "\n" }.compactMap { UInt16($0) }
    guard ends.count == 2, ends[0] <= ends[1] else { return usual }
    return ends[0]...ends[1]
  }
}
