import Discovery
import Kernel

/// Whether this machine can be traced, and what to say if it cannot.
enum TracingReadiness {
  static func folder() throws(TraceFolder.Obstacle) -> TraceFolder {
    try TraceFolder.find(LinuxTraceFiles(), process: Console.processID)
  }

  static func refuse(_ obstacle: TraceFolder.Obstacle) -> Int32 {
    Report.failure("tracing is not possible here: \(obstacle.message)", help: obstacle.help)
    return ExitStatus.setUpFailed.rawValue
  }

  static func refuse(_ error: KernelError) -> Int32 {
    let obstacle = TraceFolder.refusal(error.errno, LinuxTraceFiles())
    Report.error("tracing failed: \(error) (\(obstacle.help))")
    return ExitStatus.setUpFailed.rawValue
  }
}
