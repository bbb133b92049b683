package import Kernel
import URingABI

/// Whether this kernel has H1, which no filter can close.
package struct HoleInspection {
  private let calls: any SystemCalls

  package init(_ calls: any SystemCalls) {
    self.calls = calls
  }

  /// Costs one call where the release rules the hole out, a few where the answer was kept, and otherwise three
  /// processes.
  package func findExecutionHole(release: String) throws(KernelError) -> HoleFinding {
    let hole = KernelHole.executionDropsTheJail
    if hole.isRuledOut(by: KernelRelease(utsname: release)) { return .ruledOut }
    let cache = BootCache(calls)
    switch cache.answer(to: hole.name.rawValue) {
    case "closed": return .closed
    case "open": return .open
    default: break
    }
    switch try ExecutionHoleTrial(calls).run() {
    case .closed:
      cache.keep("closed", to: hole.name.rawValue)
      return .closed
    case .open:
      cache.keep("open", to: hole.name.rawValue)
      return .open
    case .undecided(let reason): return .undecided(reason)
    }
  }
}
