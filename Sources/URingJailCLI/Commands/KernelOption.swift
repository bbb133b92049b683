import ArgumentParser
import Kernel
import URingABI

/// `--kernel`: the kernel that programs are made for.
struct KernelOption: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The release to compile for, such as 7.2. Without it, the running kernel if it has filters, else the newest known.",
      valueName: "release"))
  var kernel: String?

  func validate() throws {
    guard let kernel else { return }
    guard let release = KernelRelease(utsname: kernel) else {
      throw ValidationError("'\(kernel)' is not a kernel release; write it as '7.2'")
    }
    if release.stage == .candidate {
      throw ValidationError(
        "'\(kernel)' is a release candidate, which uring-jail does not know; write the series, "
          + "such as '\(release.series)'")
    }
    if release.series > .newestKnown {
      throw ValidationError(
        "Linux \(release.series) is not known to this uring-jail; \(KernelRelease.newestKnown) is the newest")
    }
    if release.series < .firstWithFilters {
      throw ValidationError(
        "Linux \(release.series) has no io_uring filters; \(KernelRelease.firstWithFilters) is the first")
    }
  }

  /// A kernel, and how people call it.
  struct Target {
    let abilities: KernelAbilities
    let name: String
  }

  /// What mainline releases have, where one is named; what the running kernel says of itself, where it has filters.
  var target: Target {
    if let series = kernel.flatMap(KernelRelease.init(utsname:))?.series { return Self.mainline(series) }
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
