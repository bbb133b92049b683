import Discovery
import Kernel
import Testing

/// Whether tracing is possible, and what is said to be missing.
struct TraceFolderTests {
  @Test func kernelThatCanBeTracedHasNoObstacle() throws {
    let files = FakeTraceFiles.tracing()
    let folder = try TraceFolder.find(files, process: 10)
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

  /// In a PID namespace, the numbers in events are those of others. That comes first: nothing else can be done there.
  @Test func numbersOfAnotherNamespaceAreNotTaken() throws {
    let inside = obstacle {
      $0.links["/proc/self/ns/pid"] = "pid:[4026532157]"
      $0.isMounted = false
    }
    #expect(inside?.contains("this process is in a PID namespace") == true)
    #expect(inside?.contains("--pid=host") == true)
    // Whichever of the two the /proc is of: by its own numbers, this process is another one.
    let own = "this /proc is not that of this process's PID namespace"
    for link in ["11", nil] { #expect(obstacle { $0.links["/proc/self"] = link }?.contains(own) == true) }
    let files = FakeTraceFiles.tracing()
    files.links["/proc/self/ns/pid"] = "pid:[4026532157]"
    #expect(throws: TraceFolder.Obstacle.self) { try TraceFolder.find(files, process: 10) }
  }

  @Test func kernelWithoutSuchNamespacesHasOneSetOfNumbers() {
    #expect(obstacle { $0.links["/proc/self/ns/pid"] = nil }?.contains("cannot determine") == true)
    let without = obstacle {
      $0.links["/proc/self/ns/pid"] = nil
      $0.links["/proc/self/ns/mnt"] = "mnt:[1]"
      $0.folders.insert("/proc/self/ns")
    }
    #expect(without == nil)
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
    #expect(try TraceFolder.find(files, process: 10).hasProbes == false)
  }

  @Test func rangeOfEphemeralPortsIsTheSystems() {
    let files = FakeTraceFiles()
    #expect(EphemeralRange.range(files) == 32_768...60_999)
    files.texts["/proc/sys/net/ipv4/ip_local_port_range"] = "1024\t2000\n"
    #expect(EphemeralRange.range(files) == 1024...2000)
  }
}
