import Policy
import URingABI

/// The arguments of `openat` and `openat2` that policies allow, as alternatives.
struct OpenRegion {
  /// One way to be allowed: flags inside the cube, and the mode inside the set.
  struct Alternative {
    let flags: Cube
    let mode: CubeSet
  }

  private(set) var alternatives: [Alternative]
  private(set) var resolve: CubeSet

  /// Several policies must all allow.
  init(_ policies: [OpenRules]) {
    alternatives = [Alternative(flags: .everything, mode: .everything)]
    resolve = .everything
    for rules in policies {
      alternatives = Self.product(alternatives, Self.alternatives(of: rules))
      resolve = resolve.intersection(FlagRegion.cubes(of: rules.resolve, OpenConstants.resolve))
    }
  }

  private static func product(_ first: [Alternative], _ second: [Alternative]) -> [Alternative] {
    first.flatMap { a in
      second.compactMap { b -> Alternative? in
        guard let flags = a.flags.intersection(b.flags) else { return nil }
        let mode = a.mode.intersection(b.mode)
        return mode.isEmpty ? nil : Alternative(flags: flags, mode: mode)
      }
    }
  }

  private static func alternatives(of rules: OpenRules) -> [Alternative] {
    var flags = FlagRegion.cubes(
      of: rules.flags, OpenConstants.flags, exempting: rules.accessAllowsPath ? OpenConstants.path : 0)
    if let access = rules.access {
      // A condition on access is one on flags, too: a flag that nobody knows yet could mean writing.
      flags = flags.intersection(FlagRegion.cubeWithoutUnknownBits(rules.flags, OpenConstants.flags))
      flags = flags.intersection(CubeSet(Set(access.map(\.value)).map(cube)))
    }
    let mode = FlagRegion.cubes(of: rules.mode, OpenConstants.mode)
    if mode.isEverything { return flags.cubes.map { Alternative(flags: $0, mode: .everything) } }
    // The mode matters only where a file is created.
    let creates = CubeSet.bits(of: OpenConstants.creating)
    let keeps = flags.intersection(Cube(mask: OpenConstants.creating, value: 0))
    let making = CubeSet(creates.flatMap { flags.intersection(Cube(mask: $0, value: $0)).cubes })
    return keeps.cubes.map { Alternative(flags: $0, mode: .everything) }
      + (mode.isEmpty ? [] : making.cubes.map { Alternative(flags: $0, mode: mode) })
  }

  private static func cube(of access: OpenRules.Access) -> Cube {
    let path = OpenConstants.path
    let mode = OpenConstants.accessMask
    return switch access {
    case .read: Cube(mask: path | mode | OpenConstants.changing, value: OpenConstants.readOnly)
    case .write: Cube(mask: path | mode, value: OpenConstants.writeOnly)
    case .readWrite: Cube(mask: path | mode, value: OpenConstants.readWrite)
    case .path: Cube(mask: path, value: path)
    }
  }
}
