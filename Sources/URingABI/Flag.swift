/// One flag of a word of flags, by the name that programmers write in lower case without its prefix.
///
/// Most are one bit. Some share bits with another one: O_SYNC is __O_SYNC and O_DSYNC, O_TMPFILE is __O_TMPFILE and
/// O_DIRECTORY. Every word carries exactly the flags that a programmer would write for it: O_SYNC carries `sync` and
/// not `dsync`.
package struct Flag: Hashable, Sendable {
  /// The policy name, or the number in hexadecimal where there is none.
  package let name: String
  /// What a programmer's constant has.
  package let bits: UInt64
  /// The bits that tell whether the flag is there…
  package let mask: UInt64
  /// …which it is if they have this value.
  package let value: UInt64

  /// Other names for the same flag.
  package let aliases: [String]

  package init(_ name: String, _ bits: UInt64, aliases: [String] = []) {
    self.init(name, bits, mask: bits, value: bits, aliases: aliases)
  }

  package init(_ name: String, _ bits: UInt64, mask: UInt64, value: UInt64, aliases: [String] = []) {
    self.name = name
    self.bits = bits
    self.mask = mask
    self.value = value
    self.aliases = aliases
  }

  /// A flag that has no name here: all of its bits must be there.
  package init(number: UInt64) {
    self.init("0x" + String(number, radix: 16), number)
  }

  /// True if a word of flags carries this one.
  package func isCarried(by word: UInt64) -> Bool { word & mask == value }
}

/// The flags that one word of flags can carry.
package struct FlagVocabulary: Hashable, Sendable {
  /// What the flags are, as a message names one of them: "SQE flag", "open flag".
  package let kind: String
  package let flags: [Flag]
  /// How many bits the word has.
  package let width: Int
  /// Bits that are in the word and are no flags: the access mode, and what the kernel sets by itself.
  package let ignored: UInt64
  /// The largest number that can stand for flags; TOML has integers of 63 bits.
  package let largestNumber: UInt64

  package init(
    _ kind: String, width: Int, ignoring ignored: UInt64 = 0, numbersUpTo largest: UInt64? = nil, _ flags: [Flag]
  ) {
    self.kind = kind
    self.flags = flags
    self.width = width
    self.ignored = ignored
    largestNumber = largest ?? (width == 64 ? UInt64(Int64.max) : 1 << UInt64(width) - 1)
  }

  /// The flag with this name.
  package func flag(named name: String) -> Flag? {
    flags.first { $0.name == name || $0.aliases.contains(name) }
  }

  /// The flag with this number, named if it has a name.
  package func flag(numbered number: UInt64) -> Flag {
    flags.first { $0.bits == number } ?? Flag(number: number)
  }

  /// The names of the flags that a word carries, and as a number what no name explains.
  package func describe(_ word: UInt64) -> [String] {
    let carried = flags.filter { $0.isCarried(by: word) }
    let explained = carried.reduce(ignored) { $0 | $1.bits }
    let rest = word & ~explained
    return carried.map(\.name) + (rest == 0 ? [] : [Flag(number: rest).name])
  }
}
