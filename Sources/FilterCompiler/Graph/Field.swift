import URingABI

/// One value that a decision looks at: a word of the context, or some bits of it, as the number that people mean.
struct Field: Hashable, Comparable, Sendable {
  /// How the bytes of the word make the number.
  enum Order: Hashable, Sendable {
    /// The machine's own: what is loaded is the number.
    case host
    /// 16 bits in network byte order.
    case network16
    /// 32 bits in network byte order.
    case network32
    /// The machine's own, of the word that was kept last instead of one of the context.
    case kept
  }

  /// Decisions look at fields in ascending rank.
  let rank: Int
  let word: FilterContext.Word
  let order: Order

  init(_ word: FilterContext.Word, rank: Int, order: Order = .host) {
    self.word = word
    self.rank = rank
    self.order = order
  }

  /// The largest number that the field can have.
  var largest: UInt32 { order == .network16 ? 0xFFFF : word.mask }

  /// The largest number up to the limit that the field can have: one without bits beyond the mask.
  func largestValue(upTo limit: UInt32) -> UInt32 {
    let foreign = limit & ~largest
    if foreign == 0 { return limit }
    // Where the limit first has a bit that no value has, values are smaller, and what follows is free.
    let below = UInt32.max >> UInt32(foreign.leadingZeroBitCount)
    return limit & ~below | largest & below
  }

  /// The smallest number beyond another one that the field has; `nil` if that was the largest.
  func value(after number: UInt32) -> UInt32? {
    number == largest ? nil : ((number | ~largest) &+ 1) & largest
  }

  static func < (a: Field, b: Field) -> Bool { (a.rank, a.word) < (b.rank, b.word) }

  /// The number that a context has here, `kept` being the word that was kept last; what the generated code computes by
  /// other means.
  func value(in context: [UInt32], kept: UInt32) -> UInt32 {
    let loaded = (order == .kept ? kept : context[word.offset / 4]) & word.mask
    return switch order {
    case .host, .kept: loaded
    case .network16: UInt32(UInt16(bigEndian: UInt16(truncatingIfNeeded: loaded)))
    case .network32: UInt32(bigEndian: loaded)
    }
  }
}
