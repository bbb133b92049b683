/// Policies for the schema that the table of the language does not lead to by itself: text in free form, and the
/// forms in which TOML lets the same thing be written.
enum SchemaCorpus {
  /// Whole policies, which the decoder accepts.
  static let valid = [
    "policy = 1",
    everything,
    // Dotted keys, inline tables and headers mean the same.
    "policy = 0x1\noperations.allow = [\"nop\"]\noperation.nop.flags.forbid = \"async\"\n",
    "policy = 1\n[operations]\nallow = [\"nop\"]\n[operation]\n\"nop\" = { user_data = \"0xff-0x100\" }\n",
    // Numbers for names, in every base.
    "policy = 1\n[operations]\nallow = [0, 0x10, 0o20, 0b11, 255]\ndeny = [0]\n[register]\ndeny = [127]\n",
    "policy = 1\n[operations]\nallow = [200]\n[operation.200]\nflags = { allow = [] }\n",
    "policy = 1\n[operations]\nallow = [200]\n[operation.0xc8]\nflags = { allow = [128] }\n",
    // Groups of one's own, which may name each other in any order.
    "policy = 1\n[operations]\nallow = [\"@a.b\"]\n[groups]\n\"a.b\" = [\"@c_1\"]\nc_1 = [\"@timer\", 3]\n",
    connect("to = [\"192.0.2.1\", \"2001:db8::/32\", \"::ffff:192.0.2.1\", \"0.0.0.0/0\", \"::1\"]"),
    connect("to = \"any\", port = \"1-65535\""),
    connect("port = [1, 65535, \"443\", \"8000-8099\"], family = [\"inet\", 10]"),
    connect("family = \"local\""),
    "policy = 1\n[operations]\nallow = [\"nop\"]\n[operation.nop]\n"
      + "user_data = [0, \"0\", \"18446744073709551615\", \"0b1-0o17\", \"0xFFFFFFFFFFFFFFFF\"]\n",
    "policy = 1\n[operations]\nallow = [\"socket\"]\n[socket]\ndeny = [{ type = [3, \"packet\"] }]\n",
    "policy = 1\n[[test]]\nrequest = \"nop\"\nexpect = \"deny\"\n[[test]]\nrequest = \"read\"\nexpect = \"deny\"\n",
  ]

  /// What follows the version line; the decoder refuses each for its form.
  static let invalid = [
    // Keys
    "opperations = {}\n", "[operations]\nalow = []\n", "[operation.raed]\nflags = { forbid = \"async\" }\n",
    "[operation.\"@basic\"]\nflags = { forbid = \"async\" }\n", "[operation.007]\nflags = { forbid = \"async\" }\n",
    "[groups]\n\"@own\" = [\"nop\"]\n", "[groups]\n\"my own\" = [\"nop\"]\n", "[groups]\n\"\" = [\"nop\"]\n",
    "[kernel]\nunsuported = \"refuse\"\n", "[[test]]\nrequest = \"nop\"\n", "[[test]]\nexpect = \"deny\"\n",
    // Types
    "operations = [\"read\"]\n", "[[operations]]\nallow = [\"read\"]\n", "[operations]\nallow = \"read\"\n",
    "[operations]\nallow = [[\"read\"]]\n", "[operations]\nallow = { read = true }\n", "[test]\nrequest = \"nop\"\n",
    "[process]\nno-new-privileges = \"yes\"\n", "[process]\nkeep-fds = 3\n", "[process]\nkeep-fds = [\"3\"]\n",
    "description = 2026-01-31\n", "[open]\naccess = 1\n",
    // Words and names
    "[operations]\ndefault = \"Deny\"\n", "[operations]\nallow = [\"IORING_OP_READ\"]\n",
    "[operations]\nallow = [\"\"]\n", "[operations]\nallow = [\"@\"]\n", "[operations]\nallow = [\"read \"]\n",
    "[operations]\nallow = [\"read\"]\n[register]\nallow = [\"@basic\"]\n", "[open]\naccess = [\"read\", \"append\"]\n",
    "[open]\nflags = { forbid = \"O_TRUNC\" }\n", "[open]\nresolve = { require = [\"BENEATH\"] }\n",
    "[kernel]\nholes = \"ignore\"\n", "[[test]]\nrequest = \"nop\"\nexpect = \"allowed\"\n",
    // Numbers
    "[operations]\nallow = [256]\n", "[operations]\nallow = [-1]\n", "[register]\nallow = [128]\n",
    "[operations]\nflags = { forbid = 0 }\n", "[operations]\nflags = { forbid = 256 }\n",
    "[process]\nkeep-fds = [2]\n", "[process]\ncapabilities = { drop = 64 }\n",
    // Empty where something is needed
    "[operations]\nflags = {}\n", "[open]\n", "[open]\naccess = []\n", "[socket]\n", "[socket]\nallow = []\n",
    "[connect]\nallow = [{}]\n", "[connect]\nallow = [{ to = [] }]\n", "[register]\n", "[operation.nop]\n",
    "[groups]\nown = []\n", "include = []\n", "[process]\ncapabilities = {}\n",
    "[process]\ncapabilities = { drop = [] }\n",
    // Addresses, ports and ranges
    entry("to = \"example.org\""), entry("to = \"fe80::1%eth0\""), entry("to = \"10.0.0.0/8/8\""), entry("to = \"\""),
    entry("to = 10"), entry("port = 0"), entry("port = 65536"), entry("port = \"443,80\""), entry("port = \"080\""),
    entry("port = \"-80\""), entry("port = \"http\""), entry("port = \"0\""),
    "[operation.nop]\nuser_data = -1\n", "[operation.nop]\nuser_data = \"0x\"\n",
    "[operation.nop]\nuser_data = \"1-2-3\"\n", "[operation.nop]\nuser_data = \"01\"\n",
  ]

  private static func entry(_ conditions: String) -> String {
    "[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ \(conditions) }]\n"
  }

  private static func connect(_ conditions: String) -> String { "policy = 1\n" + entry(conditions) }

  /// Every table of the language.
  private static let everything = """
    policy = 1
    description = "static web server"

    [operations]
    default = "deny"
    allow   = ["@basic", "@network-server", "openat2", "read", "statx", "@our-io"]
    deny    = ["msg_ring"]
    flags   = { forbid = ["io_drain"] }

    [open]
    access  = ["read"]
    flags   = { forbid = ["direct"] }
    mode    = { forbid = ["setuid", 0o2000] }
    resolve = { require = ["beneath"], forbid = [] }

    [socket]
    allow = [
      { family = ["inet", "inet6"], type = "stream", protocol = ["default", "tcp"] },
      { family = "unix" },
    ]
    deny  = [{ type = "raw" }]

    [connect]
    allow = [{ to = ["10.0.0.0/8", "2001:db8::/32"], port = [443, "8000-8099"] }, { family = "unix" }]
    deny  = [{ to = "169.254.169.254" }]

    [operation.send_zc]
    flags = { require = ["fixed_file"] }

    [register]
    allow = ["@buffers", "@files", "ring_fds"]

    [process]
    no-new-privileges = true
    exec = "allow"
    keep-fds = [3, 2147483647]
    capabilities = { drop = ["all"] }

    [kernel]
    unsupported  = "refuse"
    unfilterable = "refuse"
    holes        = "refuse"
    restrictions = "auto"

    [groups]
    our-io = ["@basic", "readv_fixed"]

    [[test]]
    request = "openat2 flags=rdonly resolve=beneath"
    expect  = "allow"

    """
}
