import Discovery
import Kernel
import Testing

/// Whether tracing is possible, and what is said to be missing.
struct TraceFolderTests {
  @Test func kernelThatCanBeTracedHasNoObstacle() throws {
    let files = FakeTraceFiles.tracing()
    let folder = try TraceFolder.find(files)
    #expect(folder.path == "/sys/kernel/tracing")
    #expect(folder.hasProbes && folder.seesRegistrations)
    #expect(TraceFolder.obstacle(files, process: 10) == nil)
    #expect(files.folders.count == 3, "the trial is taken away")
  }

  private func obstacle(_ change: (FakeTraceFiles) -> Void) -> String? {
    let files = FakeTraceFiles.tracing()
    change(files)
    return TraceFolder.obstacle(files, process: 10).map { "\($0.message) (\($0.help))" }
  }

  @Test func unmountedFileSystemIsToBeMounted() {
    let text = obstacle { $0.isMounted = false }
    #expect(text == "tracefs is not mounted (mount it: mount -t tracefs tracefs /sys/kernel/tracing)")
  }

  @Test func kernelWithoutTheFileSystemIsTold() {
    let text = obstacle {
      $0.isMounted = false
      $0.texts["/proc/filesystems"] = "nodev\tproc\n"
    }
    #expect(text?.contains("no tracefs") == true)
  }

  @Test func missingPrivilegeIsTold() {
    let text = obstacle {
      $0.isMounted = false
      $0.texts["/proc/self/status"] = "CapEff:\t0000000000000000\n"
    }
    #expect(text?.contains("without privilege (run it as root") == true)
    let refused = obstacle {
      $0.refusal = .accessDenied
      $0.texts["/proc/self/status"] = "CapEff:\t0000000000000000\n"
    }
    #expect(refused?.contains("run it as root") == true)
  }

  @Test func lockdownIsTold() {
    let text = obstacle {
      $0.refusal = .notPermitted
      $0.texts["/sys/kernel/security/lockdown"] = "none integrity [confidentiality]\n"
    }
    #expect(text?.contains("kernel lockdown (confidentiality)") == true)
    let open = obstacle {
      $0.refusal = .notPermitted
      $0.texts["/sys/kernel/security/lockdown"] = "[none] integrity confidentiality\n"
    }
    #expect(open?.contains("lockdown") == false)
  }

  @Test func kernelWithoutEventsIsTold() {
    let text = obstacle { $0.texts = $0.texts.filter { !$0.key.contains("io_uring_req_failed") } }
    #expect(text?.contains("CONFIG_EVENT_TRACING") == true)
  }

  @Test func kernelWithoutProbesIsOfUseAllTheSame() throws {
    let files = FakeTraceFiles.tracing()
    files.texts["/sys/kernel/tracing/kprobe_events"] = nil
    #expect(try TraceFolder.find(files).hasProbes == false)
  }

  @Test func rangeOfEphemeralPortsIsTheSystems() {
    let files = FakeTraceFiles()
    #expect(EphemeralRange.range(files) == 32_768...60_999)
    files.texts["/proc/sys/net/ipv4/ip_local_port_range"] = "1024\t2000\n"
    #expect(EphemeralRange.range(files) == 1024...2000)
  }
}
