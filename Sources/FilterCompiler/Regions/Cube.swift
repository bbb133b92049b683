/// All words of flags that have given values in some of their bits.
struct Cube: Hashable, Sendable {
  /// The bits that matter.
  let mask: UInt64
  /// Their values; zero elsewhere.
  let value: UInt64

  static let everything = Cube(mask: 0, value: 0)

  init(mask: UInt64, value: UInt64) {
    precondition(value & ~mask == 0, "a cube has no value where it does not look")
    self.mask = mask
    self.value = value
  }

  func intersection(_ other: Cube) -> Cube? {
    if (value ^ other.value) & mask & other.mask != 0 { return nil }
    return Cube(mask: mask | other.mask, value: value | other.value)
  }

  func contains(_ other: Cube) -> Bool { mask & ~other.mask == 0 && (value ^ other.value) & mask == 0 }

  /// What is left to ask once these bits are known to be as wanted.
  func without(_ bits: UInt64) -> Cube { Cube(mask: mask & ~bits, value: value & ~bits) }
}

/// A union of cubes.
struct CubeSet: Sendable {
  private(set) var cubes: [Cube]

  static let everything = CubeSet([.everything])

  init(_ cubes: [Cube]) {
    self.cubes = []
    // Large ones first: a cube inside another one adds nothing.
    for cube in cubes.sorted(by: {
      ($0.mask.nonzeroBitCount, $0.mask, $0.value) < ($1.mask.nonzeroBitCount, $1.mask, $1.value)
    })
    where !self.cubes.contains(where: { $0.contains(cube) }) {
      self.cubes.append(cube)
    }
    join()
  }

  var isEmpty: Bool { cubes.isEmpty }
  var isEverything: Bool { cubes.first == .everything }

  func intersection(_ other: CubeSet) -> CubeSet {
    CubeSet(cubes.flatMap { cube in other.cubes.compactMap { cube.intersection($0) } })
  }

  func intersection(_ cube: Cube) -> CubeSet { CubeSet(cubes.compactMap { $0.intersection(cube) }) }

  /// Everything but one cube, as cubes that do not overlap.
  static func complement(of cube: Cube) -> CubeSet {
    var result: [Cube] = []
    var fixed = Cube.everything
    for bit in bits(of: cube.mask) {
      let isSet = cube.value & bit
      result.append(Cube(mask: fixed.mask | bit, value: fixed.value | (bit & ~isSet)))
      fixed = Cube(mask: fixed.mask | bit, value: fixed.value | isSet)
    }
    return CubeSet(result)
  }

  /// The single bits of a mask, from the lowest.
  static func bits(of mask: UInt64) -> [UInt64] { (0..<64).map { 1 << $0 }.filter { mask & $0 != 0 } }

  /// Two cubes that differ in the value of one bit are one cube without it.
  private mutating func join() {
    var changed = true
    while changed {
      changed = false
      search: for i in cubes.indices {
        for j in cubes.indices where j > i && cubes[i].mask == cubes[j].mask {
          let difference = cubes[i].value ^ cubes[j].value
          guard difference.nonzeroBitCount == 1 else { continue }
          let joined = cubes[i].without(difference)
          cubes.remove(at: j)
          cubes[i] = joined
          cubes.removeAll { $0 != joined && joined.contains($0) }
          changed = true
          break search
        }
      }
    }
  }
}
