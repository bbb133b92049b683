import Diagnostics

/// What an expert would remark.
enum WarningExplanations {
  private static func warning(_ id: Diagnostic.ID, _ title: String, _ meaning: String, _ example: String?)
    -> Explanation
  {
    Explanation(id, severity: .warning, title, meaning, example: example.map { "policy = 1\n" + $0 })
  }

  static let all: [Explanation] = [
    warning(
      PolicyDiagnostics.defaultAllow, "everything is allowed by default",
      """
      Kernels gain operations with every few releases. A deny list allows each of them until somebody adds it; an \
      allow list does not.
      """, "[operations]\ndefault = \"allow\"\ndeny = [\"uring_cmd\"]\n"),
    warning(
      PolicyDiagnostics.peerUnchecked, "peers can be named without connect",
      """
      send, sendmsg and their zero-copy forms can carry an address of their own, which no filter sees: a datagram \
      socket sends to anyone, and a stream socket connects with TCP fast open. [connect] does not restrict them.
      """, "operations.allow = [\"connect\", \"sendmsg\"]\n[connect]\nallow = [{ to = \"192.0.2.0/24\" }]\n"),
    warning(
      PolicyDiagnostics.resolveUnchecked, "openat can never satisfy a required resolve flag",
      """
      Only openat2 carries resolve flags. Where one is required, every openat is denied, so allowing it has no \
      effect.
      """, "operations.allow = [\"openat\", \"openat2\"]\n[open]\nresolve = { require = [\"beneath\"] }\n"),
    warning(
      PolicyDiagnostics.riskyOperation, "an operation can bypass the conditions",
      """
      Commands to drivers, messages to other rings, installed descriptors, epoll and stored credentials can do what \
      narrow conditions on other operations are there to prevent, and filters cannot inspect them.
      """, "operations.allow = [\"socket\", \"uring_cmd\"]\n[socket]\nallow = [{ family = \"unix\" }]\n"),
    warning(
      PolicyDiagnostics.rawSocket, "raw sockets are allowed",
      """
      A raw or packet socket sends any packet to any host, regardless of [connect]. Programs need a privilege for \
      them, which the jail does not remove.
      """, "operations.allow = [\"socket\"]\n[socket]\nallow = [{ family = \"inet\" }]\n"),
    warning(
      PolicyDiagnostics.alwaysTrue, "a condition excludes nothing",
      "It looks like a restriction but restricts nothing. Remove it, or write what was meant.",
      "operations.allow = [\"connect\"]\n[connect]\nallow = [{ to = \"any\", port = 443 }]\n"),
    warning(
      PolicyDiagnostics.forcedAsync, "a condition denies flags that the kernel sets itself",
      """
      The kernel sets SQE flags by itself before filters run: "async" on requests of many operations, on every request \
      with "io_drain" and on every one behind it; "io_drain" after linked requests of which one has it. Conditions in \
      [operation.NAME] that exclude these flags deny such requests; so do those in [operations] with restrictions = \
      "never", and in a jail that is started inside another one.
      """, "operations.allow = [\"fsync\"]\n[operation.fsync]\nflags = { forbid = [\"async\"] }\n"),
    warning(
      PolicyDiagnostics.fixedFileInput, "fixed_file does not restrict the input of splice and tee",
      """
      splice and tee have two files. The SQE flag "fixed_file" is about the output; the input is a registered file or a \
      descriptor as the request itself says, in a field that no filter sees.
      """, "operations.allow = [\"splice\"]\n[operation.splice]\nflags = { require = [\"fixed_file\"] }\n"),
    warning(
      PolicyDiagnostics.sourceRoute, "packets can take another route than the connection",
      """
      Socket options can send the packets of a connection through another address: over IPv6 a routing \
      header (IPV6_RTHDR), which every program can set, and over IPv4 a source route (IP_OPTIONS), which takes \
      CAP_NET_RAW. Filters see only the address of the connection, and so does getpeername(2). A firewall sees where \
      the packets go; so do IPAddressDeny= and IPAddressAllow= in a unit.
      """, "operations.allow = [\"connect\"]\n[connect]\nallow = [{ to = \"192.0.2.0/24\" }]\n"),
    warning(
      PolicyDiagnostics.helperProgram, "the kernel can be made to execute programs",
      """
      The kernel itself executes programs that files in /proc and /sys name: for core dumps (core_pattern), for \
      modules (modprobe), for devices (uevent_helper). A process with user id 0 may write these files, without any \
      capability. These programs are not children of the confined program: neither exec = "deny" nor any \
      jail restricts them. ProtectKernelTunables=yes makes the files read-only in a unit; so does a container's own /proc.
      """, "[process]\nexec = \"deny\"\n"),
    warning(
      PolicyDiagnostics.neverTrue, "a condition is never satisfied",
      "It never matches: an entry that fits no request, or a denial of something that is not allowed anyway.",
      "operations.allow = [\"connect\"]\n[connect]\nallow = [{ family = \"unix\", port = 80 }]\n"),
    warning(
      PolicyDiagnostics.shadowed, "another entry covers this one",
      "Another entry matches everything that this one does, so this one changes nothing.",
      "operations.allow = [\"connect\"]\n[connect]\nallow = [{ to = [\"10.0.0.0/8\", \"10.1.0.0/16\"] }]\n"),
    warning(
      PolicyDiagnostics.duplicateName, "a list names the same thing twice",
      "It is named twice, or once by name and once by a group that contains it. Remove one.",
      "[operations]\nallow = [\"nop\", \"nop\"]\n"),
    warning(
      PolicyDiagnostics.registerUnrestricted, "io_uring_register(2) is not restricted",
      """
      Registering buffers, files or credentials needs no request, so [operations] does not restrict it. A [register] \
      table lists what the program may register.
      """, "[operations]\nallow = [\"nop\"]\n"),
    warning(
      PolicyDiagnostics.localReachable, "local addresses are reachable",
      """
      0.0.0.0/0, ::/0 and "any" include this machine's own services, and the link-local address at which clouds hand \
      out credentials. Deny loopback and link-local where the program does not need them.
      """, "operations.allow = [\"connect\"]\n[connect]\nallow = [{ to = \"any\" }]\n"),
    warning(
      PolicyDiagnostics.mappedPrefix, "a prefix of v4-mapped addresses",
      """
      ::ffff:10.0.0.0/104 covers IPv4 peers over IPv6 sockets only. The IPv4 prefix 10.0.0.0/8 covers both ways to \
      reach them.
      """, "operations.allow = [\"connect\"]\n[connect]\nallow = [{ to = \"::ffff:10.0.0.0/104\" }]\n"),
    warning(
      PolicyDiagnostics.newerKernel, "the policy needs a kernel newer than 7.0",
      """
      Kernels before 7.2 do not show filters where a connection goes. There the program is not started, or connect \
      is always denied, as [kernel] unfilterable says.
      """, "operations.allow = [\"connect\"]\n[connect]\nallow = [{ to = \"192.0.2.0/24\" }]\n"),
    warning(
      PolicyDiagnostics.unusedGroup, "a group is not used",
      "It has no effect. Use it as \"@name\" in a list of operations, or remove it.",
      "[operations]\nallow = [\"nop\"]\n[groups]\nmine = [\"read\"]\n"),
    warning(
      PolicyDiagnostics.openUnrestricted, "files can be opened for writing",
      """
      openat and openat2 can create, truncate and write files as well as read them. Only [open] restricts for what files \
      are opened. The group @file-read contains both operations. Where operations that write or change files are allowed as \
      well, nothing is said.
      """, "[operations]\nallow = [\"@file-read\"]\n"),
    warning(
      PolicyDiagnostics.registerBypassed, "an operation does what [register] denies",
      """
      The operation files_update changes the registered files, as the opcodes files_update and files_update2 of \
      io_uring_register(2) do. [register] restricts the system call only, and [operations] the requests only.
      """, "operations.allow = [\"files_update\"]\n[register]\nallow = [\"files\"]\n"),
    warning(
      PolicyDiagnostics.failsOpen, "no kernel stops the launch",
      """
      unsupported = "run-unconfined" starts the program without a jail where the kernel has no filters, and holes = \
      "accept" starts it in a jail that it can leave where the kernel has a known hole. Together they leave nothing that \
      stops a launch. Each alone can be right for a time, such as during a migration.
      """, "[kernel]\nunsupported = \"run-unconfined\"\nholes = \"accept\"\n"),
    warning(
      PolicyDiagnostics.protocolAlone, "a protocol without a family or a type",
      """
      The number of a protocol means something else in each family: 6 is TCP among internet sockets, and IPsec \
      configuration in netlink. Without a type, raw sockets of the protocol match as well. Name family and type.
      """, "operations.allow = [\"socket\"]\n[socket]\nallow = [{ protocol = \"tcp\" }]\n"),
    warning(
      PolicyDiagnostics.unproven, "too large to prove",
      """
      Every policy is compiled, and what its filters and restrictions allow is compared with what the policy allows, \
      for every possible request. The comparison exceeded its size limit, so these operations are not proven; only \
      the tests of uring-jail cover them. Fewer or simpler conditions help.
      """, nil),
    warning(
      PolicyDiagnostics.unusedAcceptance, "an accepted warning does not occur",
      """
      [accept] names a warning that this policy does not have, or does not have any more. Remove it, so that the \
      warning is seen if it comes back.
      """, "[operations]\nallow = [\"nop\"]\n[accept]\nraw-socket = \"the program checks cables\"\n"),
    warning(
      PolicyDiagnostics.untrustedFile, "others could change the file",
      """
      The file, or a directory above it, belongs to another user or is writable by others. A privileged launch must \
      not depend on such a file: 'run' refuses it.
      """, nil),
  ]
}
