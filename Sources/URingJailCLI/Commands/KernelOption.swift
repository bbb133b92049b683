import Kernel
import URingABI

/// `--kernel`: the kernel that programs are made for.
struct KernelOption {
  /// The one that is named.
  let release: KernelRelease?

  init(_ line: ParsedLine) throws(Mistake) {
    guard let text = line.value(.kernel) else {
      self.release = nil
      return
    }
    guard let release = KernelRelease(utsname: text) else {
      throw .says("'\(text)' is not a kernel release; write it as '7.2'")
    }
    if release.stage == .candidate {
      throw .says(
        "'\(text)' is a release candidate, which uring-jail does not know; write the series, "
          + "such as '\(release.series)'")
    }
    if release.series > .newestKnown {
      throw .says("Linux \(release.series) is not known to this uring-jail; \(KernelRelease.newestKnown) is the newest")
    }
    if release.series < .firstWithFilters {
      throw .says("Linux \(release.series) has no io_uring filters; \(KernelRelease.firstWithFilters) is the first")
    }
    self.release = release
  }

  /// A kernel, and how people call it.
  struct Target {
    let abilities: KernelAbilities
    let name: String
  }

  /// What mainline releases have, where one is named; what the running kernel says of itself, where it has filters.
  var target: Target {
    if let release { return Self.mainline(release.series) }
    return Self.running ?? Self.mainline(.newestKnown)
  }

  private static func mainline(_ release: KernelRelease) -> Target {
    Target(abilities: KernelAbilities(release: release), name: "Linux \(release)")
  }

  /// `nil` where the kernel has no filters, or may not be asked.
  private static var running: Target? {
    let calls = LinuxSystemCalls()
    let trials = HoleTrials()
    guard let name = try? calls.kernelRelease(), (try? Registration(calls).probe()) == .available,
      let asked = try? Registration(calls).abilities()
    else { return nil }
    var sizes = PayloadSizes()
    for operation in URingABI.Operation.withArguments {
      guard let size = try? trials.payloadSize(of: operation) else { return nil }
      sizes[operation] = size
    }
    return Target(abilities: asked.showing(sizes), name: "Linux \(name)")
  }
}
