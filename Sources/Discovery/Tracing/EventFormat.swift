/// How one kind of event lies in memory, as its `format` file in tracefs says.
package struct EventFormat: Sendable, Equatable {
  package struct Field: Sendable, Equatable {
    package let name: String
    /// Bytes from the beginning of the event.
    package let offset: Int
    /// Bytes
    package let size: Int
  }

  /// What the first two bytes of such an event are.
  package let id: UInt16
  package let fields: [Field]

  /// `nil` for a text of another form.
  package init?(_ text: String) {
    var id: UInt16?
    var fields: [Field] = []
    for line in text.split(separator: "\n") {
      let words = line.drop { $0 == "\t" || $0 == " " }
      if words.hasPrefix("ID: ") {
        id = UInt16(words.dropFirst(4))
      } else if words.hasPrefix("field:") {
        guard let field = Self.field(words.dropFirst(6)) else { return nil }
        fields.append(field)
      }
    }
    guard let id, !fields.isEmpty else { return nil }
    self.id = id
    self.fields = fields
  }

  /// `unsigned int opcode;	offset:24;	size:8;	signed:0;`
  private static func field(_ text: Substring) -> Field? {
    let parts = text.split(separator: ";").map { $0.drop { $0 == "\t" || $0 == " " } }
    guard let declaration = parts.first, let name = declaration.split(separator: " ").last,
      let offset = number("offset:", parts), let size = number("size:", parts), offset >= 0, size >= 0
    else { return nil }
    // Arrays have their length behind the name.
    return Field(name: String(name.prefix { $0 != "[" }), offset: offset, size: size)
  }

  private static func number(_ label: String, _ parts: [Substring]) -> Int? {
    parts.first { $0.hasPrefix(label) }.flatMap { Int($0.dropFirst(label.count)) }
  }

  package subscript(name: String) -> Field? { fields.first { $0.name == name } }
}

/// Where the data of a page of the ring buffer lie, as `events/header_page` says.
package struct PageFormat: Sendable, Equatable {
  /// Bytes from the beginning of the page to the first event.
  package let dataOffset: Int
  /// Bytes of a whole page.
  package let size: Int

  package init(dataOffset: Int, size: Int) {
    self.dataOffset = dataOffset
    self.size = size
  }

  /// `nil` for a text of another form.
  package init?(_ text: String) {
    guard let format = EventFormat("ID: 0\n" + text), let data = format["data"], data.size > 0 else { return nil }
    self.init(dataOffset: data.offset, size: data.offset + data.size)
  }
}
