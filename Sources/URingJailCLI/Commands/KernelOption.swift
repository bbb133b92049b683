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
    if release > .newestKnown {
      throw ValidationError(
        "Linux \(release) is not known to this uring-jail; \(KernelRelease.newestKnown) is the newest")
    }
    if release < .firstWithFilters {
      throw ValidationError("Linux \(release) has no io_uring filters; \(KernelRelease.firstWithFilters) is the first")
    }
  }

  /// A kernel, and how people call it.
  struct Target {
    let abilities: KernelAbilities
    let name: String
  }

  var target: Target {
    if let release = kernel.flatMap(KernelRelease.init(utsname:)) {
      return Target(abilities: KernelAbilities(release: release), name: "Linux \(release)")
    }
    let calls = LinuxSystemCalls()
    if let name = try? calls.kernelRelease(), let release = KernelRelease(utsname: name),
      (try? Registration(calls).probe()) == .available, let asked = try? Registration(calls).abilities()
    {
      return Target(
        abilities: asked.showing(KernelAbilities(release: release).payloadSizes),
        name: "Linux \(release)")
    }
    return Target(abilities: KernelAbilities(release: .newestKnown), name: "Linux \(KernelRelease.newestKnown)")
  }
}
