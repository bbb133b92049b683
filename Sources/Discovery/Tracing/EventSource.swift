/// The events of the kernel's that are of use here.
package enum EventSource: String, CaseIterable, Sendable {
  case submitted
  case failed
  case created
  case executed
  case registerEntered
  case registerLeft
  case openShown
  case socketShown
  case connectShown

  /// Where it is in `events` of a tracefs instance. `group`: that of the probes of this session.
  package func path(group: String) -> String {
    switch self {
    case .submitted: "io_uring/io_uring_submit_req"
    case .failed: "io_uring/io_uring_req_failed"
    case .created: "io_uring/io_uring_create"
    case .executed: "sched/sched_process_exec"
    // Calls without a ring have no event in io_uring.
    case .registerEntered: "syscalls/sys_enter_io_uring_register"
    case .registerLeft: "syscalls/sys_exit_io_uring_register"
    case .openShown, .socketShown, .connectShown: "\(group)/\(rawValue)"
    }
  }

  /// What has to be defined first, for `kprobe_events`; `nil` for events that the kernel has.
  ///
  /// The functions fill in what filters see (io_uring/openclose.c, io_uring/net.c): `struct io_uring_bpf_ctx` and the
  /// request. They are called only if the operation has a filter that looks at requests.
  package func definition(group: String) -> String? {
    guard let function else { return nil }
    let header = "user_data=+0($arg1):u64 opcode=+8($arg1):u8 sqe_flags=+9($arg1):u8 request=$arg2:u64"
    return "r64:\(group)/\(rawValue) \(function) \(header) \(data)"
  }

  /// The function of the kernel's that is probed.
  package var function: String? {
    switch self {
    case .openShown: "io_openat_bpf_populate"
    case .socketShown: "io_socket_bpf_populate"
    case .connectShown: "io_connect_bpf_populate"
    case .submitted, .failed, .created, .executed, .registerEntered, .registerLeft: nil
    }
  }

  private var data: String {
    switch self {
    case .openShown: "flags=+16($arg1):u64 mode=+24($arg1):u64 resolve=+32($arg1):u64"
    case .socketShown: "family=+16($arg1):u32 type=+20($arg1):u32 protocol=+24($arg1):u32"
    // Port and address stay in network byte order.
    case .connectShown: "family=+16($arg1):u32 port=+20($arg1):u16 address=+24($arg1):u64 rest=+32($arg1):u64"
    case .submitted, .failed, .created, .executed, .registerEntered, .registerLeft: ""
    }
  }

  /// The fields that are read, in the order of `EventDecoder`.
  var fields: [String] {
    switch self {
    case .submitted: ["ctx", "req", "opcode", "flags", "sq_thread"]
    case .failed: ["ctx", "req", "opcode", "flags", "user_data", "len", "op_flags", "error"]
    case .created: ["ctx", "flags"]
    case .executed: []
    case .registerEntered: ["opcode"]
    case .registerLeft: ["ret"]
    case .openShown: ["request", "opcode", "sqe_flags", "user_data", "flags", "mode", "resolve"]
    case .socketShown: ["request", "opcode", "sqe_flags", "user_data", "family", "type", "protocol"]
    case .connectShown: ["request", "opcode", "sqe_flags", "user_data", "family", "port", "address", "rest"]
    }
  }
}
