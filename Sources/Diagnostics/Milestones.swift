/// Places in a text at equal distances. They spare reading a long text from its beginning, or a long line to its end,
/// for every finding in it.
struct Milestones: Sendable {
  /// Where a byte stands.
  struct Place {
    /// From 1.
    var line = 1
    /// Offset of the line's first byte.
    var lineStart: Int
    /// From 1, in Unicode scalars.
    var column = 1

    /// Goes on over one byte.
    mutating func pass(_ byte: UInt8, at index: Int) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        lineStart = index + 1
        column = 1
      } else if !SourceText.continuesScalar(byte) {
        column += 1
      }
    }
  }

  /// In bytes.
  private static let distance = 1024

  /// A text of no more bytes is read from its beginning.
  private static let short = 16_384

  /// The place of every byte whose offset is a multiple of the distance; none in a short text.
  private let places: [Place]
  private let textStart: Int

  /// `textStart`: the offset of the first line.
  init(_ bytes: [UInt8], textStart: Int) {
    self.textStart = textStart
    if bytes.count <= Self.short {
      places = []
      return
    }
    var place = Place(lineStart: textStart)
    var places = [place]
    places.reserveCapacity(bytes.count / Self.distance + 1)
    for index in textStart..<bytes.count {
      if index % Self.distance == 0, index > 0 { places.append(place) }
      place.pass(bytes[index], at: index)
    }
    if bytes.count % Self.distance == 0, !bytes.isEmpty { places.append(place) }
    self.places = places
  }

  /// `offset`: from the beginning of the first line to the end of the text.
  func place(of offset: Int, in bytes: [UInt8]) -> Place {
    let number = max(0, min(offset / Self.distance, places.count - 1))
    var place = places.isEmpty ? Place(lineStart: textStart) : places[number]
    for index in max(textStart, number * Self.distance)..<offset { place.pass(bytes[index], at: index) }
    return place
  }

  /// The offset of the first line feed from `offset` on, or the end of the text.
  func endOfLine(from offset: Int, in bytes: [UInt8]) -> Int {
    let line = place(of: offset, in: bytes).line
    let next = offset / Self.distance + 1
    // The last stretch that begins in this very line has the line's end in it.
    var number = next
    while number < places.count, places[number].line == line { number += 1 }
    let start = number == next ? offset : (number - 1) * Self.distance
    return bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
  }
}
