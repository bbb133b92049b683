package import Policy
import URingABI

extension Submission {
  /// The words that the kernel would show a filter of this entry; written apart from the compiler's own idea of them.
  package var contextWords: [UInt32] {
    var bytes = [UInt8](repeating: 0, count: 40)
    func put(_ value: some FixedWidthInteger, at offset: Int) {
      #if _endian(little)
        for index in 0..<(value.bitWidth / 8) {
          bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
        }
      #else
        #error("the bytes of a number are the other way round here")
      #endif
    }
    put(userData, at: 0)
    put(operation.code, at: 8)
    put(flags, at: 9)
    switch payload {
    case .none: break
    case .open(let flags, let mode, let resolve):
      put(UInt8(24), at: 10)
      put(flags, at: 16)
      put(mode, at: 24)
      put(resolve, at: 32)
    case .socket(let family, let type, let number):
      put(UInt8(12), at: 10)
      put(family, at: 16)
      put(type, at: 20)
      put(number, at: 24)
    case .connect(.v4(let address), let port):
      put(UInt8(24), at: 10)
      put(UInt32(2), at: 16)
      put(port.bigEndian, at: 20)
      put(address.bigEndian, at: 24)
    case .connect(.v6(let address), let port):
      put(UInt8(24), at: 10)
      put(UInt32(10), at: 16)
      put(port.bigEndian, at: 20)
      put(address.bigEndian, at: 24)
    case .connectElsewhere(let family):
      put(UInt8(24), at: 10)
      put(family, at: 16)
    }
    var words = [UInt32](repeating: 0, count: 10)
    for (index, byte) in bytes.enumerated() { words[index / 4] |= UInt32(byte) << UInt32(8 * (index % 4)) }
    return words
  }
}
