/// What a file was made from, even if it is of no use any more.
extension PrecompiledPolicy {
  /// What a policy is called that came from standard input, which nobody finds again.
  package static var nameOfStream: String { "-" }

  /// The names of the policies, as `compile` was given them; empty if the file does not say.
  ///
  /// Whatever versions are to come keep them where they are in version 2. Version 1 has the name of a policy only where
  /// it points to one of its lines.
  package static func policyNames(in bytes: [UInt8]) -> [String] {
    guard begins(bytes), bytes.count >= PrecompiledFormat.headerSize else { return [] }
    var fields = PrecompiledFields(bytes[PrecompiledFormat.magic.count...], 0)
    do throws(Refusal) {
      if try fields.number(UInt32.self) == 1 { return try nameInVersion1(&fields).map { [$0] } ?? [] }
      _ = try fields.number(UInt32.self)
      guard try fields.number(UInt32.self) == bytes.count - PrecompiledFormat.headerSize else { return [] }
      let checksum = try fields.number(UInt32.self)
      guard Checksum.crc32(fields.rest) == checksum else { return [] }
      _ = try fields.number(UInt32.self)
      return try fields.texts()
    } catch {
      return []
    }
  }

  private static func nameInVersion1(_ fields: inout PrecompiledFields) throws(Refusal) -> String? {
    _ = try fields.number(UInt32.self)
    let checksum = try fields.number(UInt32.self)
    guard Checksum.crc32(fields.rest) == checksum else { return nil }
    _ = try fields.number(UInt32.self)
    _ = (try fields.codes(), try fields.codes())
    if let place = try fields.place() { return place.name }
    _ = (try fields.truth(), try fields.number(UInt16.self))
    _ = (try fields.processRules(), try fields.kernelRules())
    for _ in 0..<(try fields.number(UInt16.self)) {
      _ = try fields.number(UInt8.self)
      if let place = try fields.place() { return place.name }
      _ = (try fields.truth(), try fields.programs())
      if try !fields.truth() { _ = try fields.programs() }
    }
    return nil
  }
}
