/// What filters see of an operation's requests beyond opcode, flags and user data.
///
/// Whoever handles arguments switches over this without a default, so that a kind that is added has to be thought of
/// everywhere.
package enum ArgumentKind: Hashable, Sendable, CaseIterable {
  /// Nothing.
  case none
  /// `FilterContext.Open`; resolve is always zero.
  case openat
  /// `FilterContext.Open`
  case openat2
  /// `FilterContext.Socket`
  case socket
  /// `FilterContext.Connect`
  case connect

  /// Bytes of operation data behind the header, `pdu_size`, as the kernels report them to a strict registration.
  package var size: UInt8 {
    switch self {
    case .none: 0
    case .socket: 12
    case .openat, .openat2, .connect: 24
    }
  }

  /// The first release that fills the data in; `nil` if none does.
  package var since: KernelRelease? {
    switch self {
    case .none: nil
    case .openat, .openat2, .socket: KernelRelease(7, 0)
    case .connect: KernelRelease(7, 2)
    }
  }
}
