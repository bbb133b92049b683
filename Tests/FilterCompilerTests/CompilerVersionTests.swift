import BPF
import Diagnostics
import Policy
import TestSupport
import Testing
import URingABI

@testable import FilterCompiler

/// The number of the compiler goes up with every change of what it makes: files from before are refused by it.
struct CompilerVersionTests {
  /// What each compiler made of the policies below: those that mean the same on every machine, and those with flags of
  /// open(2), of which only x86-64 is kept.
  ///
  /// Never change a line. When a test here fails, and the change of the programs was wanted, raise
  /// `CompilerVersion.current` and add the line that the message shows.
  private static let known: [UInt32: (everywhere: UInt32, x86: UInt32)] = [
    1: (everywhere: 833_964_681, x86: 1_446_447_514),
    2: (everywhere: 833_964_681, x86: 1_446_447_514),
  ]

  private static let everywhere = [
    "", "[operations]\ndefault = \"allow\"\n", "[operations]\nallow = [\"nop\", \"read\", \"write\"]\n",
    """
    [operations]
    allow = ["nop", "read"]
    flags = { allow = ["async", "fixed_file", "io_link"], require = ["fixed_file"] }
    [operation.read]
    flags = { forbid = ["io_link"] }
    user_data = [1, "5-900000000000", "0x8000000000000000-0xffffffffffffffff"]
    """,
    """
    [operations]
    allow = ["socket"]
    [socket]
    allow = [{ family = ["unix", "inet"], type = ["stream", "dgram"] }, { family = "inet6", protocol = ["tcp", 17] }]
    deny = [{ family = "inet", type = "dgram", protocol = "udp" }]
    """,
    "[operations]\nallow = [\"socket\"]\n[socket]\ndeny = [{ family = \"packet\" }, { type = \"raw\" }]\n",
    """
    [operations]
    allow = ["connect"]
    [connect]
    allow = [
      { to = ["10.0.0.0/8", "2001:db8::/32"], port = [443, "8000-8100"] }, { to = "loopback" }, { family = "unix" },
    ]
    deny = [{ to = ["10.1.0.0/16"] }, { port = 22 }]
    """,
    "[operations]\nallow = [\"connect\"]\n[connect]\ndeny = [{ to = [\"169.254.0.0/16\", \"fe80::/10\"] }]\n",
    "[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ port = [80, 443, \"1000-2000\"] }]\n",
    "[operations]\nallow = [\"nop\"]\n[register]\nallow = [\"buffers\", \"files\"]\ndeny = [\"files\"]\n",
  ]

  private static let withOpen = [
    "[operations]\nallow = [\"openat\", \"openat2\"]\n[open]\naccess = [\"read\"]\n",
    """
    [operations]
    allow = ["openat", "openat2"]
    [open]
    access = ["read", "write"]
    flags = { allow = ["creat", "trunc", "cloexec"], forbid = ["tmpfile"] }
    mode = { forbid = ["setuid", "other-write"] }
    resolve = { require = ["beneath"] }
    """,
    "[operations]\nallow = [\"openat\"]\n[open]\naccess = \"path\"\n",
  ]

  /// All that a file has of them but for names and places, as numbers.
  private static func checksum(_ texts: [String]) throws -> UInt32 {
    var numbers: [UInt32] = []
    for text in texts {
      let whole = "policy = 1\n" + text
      let read = ReadPolicy(whole: whole)
      let policy = try CombinedPolicy([try #require(read.policy, "\(text)")]).precompiled(
        [SourceText(name: "p.toml", text: whole)])
      for words in [policy.permitted.words, policy.permittedRegistrations.words] {
        numbers += words.flatMap { [UInt32(truncatingIfNeeded: $0), UInt32($0 >> 32)] }
      }
      numbers.append(policy.commonFlags.map { UInt32($0.mask) << 8 | UInt32($0.value) } ?? .max)
      for entry in policy.entries {
        numbers += [UInt32(entry.operation.code), UInt32(entry.programs.count)]
        for program in entry.programs {
          numbers.append(UInt32(program.instructions.count))
          for each in program.instructions {
            numbers += [UInt32(each.code) << 16 | UInt32(each.jumpTrue) << 8 | UInt32(each.jumpFalse), each.k]
          }
        }
      }
    }
    let bytes = numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    return Checksum.crc32(bytes[...])
  }

  @Test func everyChangeOfWhatIsCompiledRaisesTheNumber() throws {
    let (everywhere, withOpen) = (try Self.checksum(Self.everywhere), try Self.checksum(Self.withOpen))
    let known = Self.known[CompilerVersion.current]
    let advice: Comment = """
      another outcome than is known of compiler \(CompilerVersion.current): raise CompilerVersion.current and add
      the number with (everywhere: \(everywhere), x86: \(withOpen))
      """
    #expect(known?.everywhere == everywhere, advice)
    #if arch(x86_64)
      #expect(known?.x86 == withOpen, advice)
    #endif
  }

  @Test func noNumberIsLeftOutAndNoneIsAhead() {
    #expect(Self.known.keys.sorted() == Array(1...CompilerVersion.current))
  }
}
