/// The texts that are measured; the same on every run.
enum GeneratedPolicy {
  /// Sixty lines, as somebody would write them for a web server.
  static let typical = """
    policy = 1
    description = "static web server"

    # What the server does with io_uring.
    [operations]
    default = "deny"
    allow = [
      "@basic", "@network-server", # everything an event loop needs
      "openat2", "statx", "close",
      "read", "readv", "read_fixed",
      "splice", "@our-own",
    ]
    deny = ["msg_ring", "uring_cmd"]
    flags = { forbid = ["io_drain"] }

    # Files are read below the document root, and never written.
    [open]
    access = ["read"]
    flags = { forbid = ["direct", "noatime"] }
    resolve = { require = ["beneath"], forbid = ["in_root"] }

    [socket]
    allow = [
      { family = ["inet", "inet6"], type = "stream", protocol = ["default", "tcp"] },
      { family = "unix", type = ["stream", "seqpacket"] },
    ]

    # Databases, and the cache on this machine.
    [connect]
    allow = [
      { to = ["10.20.0.0/16", "2001:db8:20::/48"], port = [5432, 6379, "8000-8099"] },
      { to = "loopback", port = 11211 },
      { family = "unix" },
    ]
    deny = [{ to = "10.20.99.0/24" }]

    [operation.send_zc]
    flags = { require = ["fixed_file"] }

    [register]
    allow = ["@buffers", "@files", "ring_fds"]

    [process]
    keep-fds = [3, 4]
    capabilities = { drop = ["net_raw", "sys_admin"] }

    [kernel]
    unfilterable = "deny-operation"
    restrictions = "auto"

    [groups]
    our-own = ["readv_fixed", "poll_add", "poll_remove", "timeout"]

    [[test]]
    request = "openat2 flags=rdonly,cloexec resolve=beneath"
    expect = "allow"

    [[test]]
    request = "connect to=10.20.99.1:5432"
    expect = "deny"
    """

  /// A list of prefixes, seven of ten of them IPv4, none inside another, and of ports, one a line.
  static func list(prefixes: Int, ports: Int) -> String {
    var text = "policy = 1\n[operations]\nallow = [\"connect\"]\n[register]\nallow = []\n[[connect.allow]]\nto = [\n"
    for index in 0..<UInt32(prefixes) {
      text += "  \"\(index % 10 < 7 ? v4(index) : v6(index))\",\n"
    }
    text += "]\n"
    if ports > 0 {
      text += "port = [\n"
      for index in 0..<ports { text += "  \(index * 61 % 65_536 + 1),\n" }
      text += "]\n"
    }
    return text
  }

  /// Multiplying by an odd number and cutting the product changes the order of the numbers and loses none.
  private static func v4(_ index: UInt32) -> String {
    let network = index &* 0x9E37_79B1 & 0xFF_FFFF
    return "\(network >> 16).\(network >> 8 & 0xFF).\(network & 0xFF).0/24"
  }

  private static func v6(_ index: UInt32) -> String {
    let network = index &* 0x85EB_CA6B
    return "2a00:\(String(network >> 16, radix: 16)):\(String(network & 0xFFFF, radix: 16))::/48"
  }
}
