/// A dictionary from 64-bit keys to small numbers, without the standard one's keyed hashing.
///
/// A launch runs this: see docs/design/0013-speed-of-a-launch.md.
///
/// Slots are probed one after the other from where the key belongs; at most half of them are taken.
struct IntegerTable {
  /// Values are stored plus one; 0 is an empty slot.
  private var values: [UInt32]
  private var keys: [UInt64]
  private var count = 0

  init() {
    values = Array(repeating: 0, count: 64)
    keys = Array(repeating: 0, count: 64)
  }

  subscript(key: UInt64) -> Int? {
    let stored = values[slot(of: key)]
    return stored == 0 ? nil : Int(stored) - 1
  }

  /// - Precondition: the key is not there yet, and the value is from 0 to 2³² − 2.
  mutating func insert(_ value: Int, for key: UInt64) {
    if (count + 1) * 2 > values.count { grow() }
    let slot = slot(of: key)
    precondition(values[slot] == 0, "every key is inserted once")
    values[slot] = UInt32(value + 1)
    keys[slot] = key
    count += 1
  }

  /// The slot of the key, or the empty one where it belongs.
  private func slot(of key: UInt64) -> Int {
    // Fibonacci hashing: the high bits of the product depend on all bits of the key.
    let product = key &* 0x9E37_79B9_7F4A_7C15
    var slot = Int(product >> UInt64(64 - values.count.trailingZeroBitCount))
    while values[slot] != 0, keys[slot] != key { slot = (slot + 1) & (values.count - 1) }
    return slot
  }

  private mutating func grow() {
    let (oldValues, oldKeys) = (values, keys)
    values = Array(repeating: 0, count: oldValues.count * 2)
    keys = Array(repeating: 0, count: oldKeys.count * 2)
    for index in oldValues.indices where oldValues[index] != 0 {
      let slot = slot(of: oldKeys[index])
      values[slot] = oldValues[index]
      keys[slot] = oldKeys[index]
    }
  }
}
