/// The ring buffers of a tracefs instance, one for each processor, read without waiting.
package struct EventPipes: ~Copyable {
  private let calls = LinuxSystemCalls()
  /// For `Descriptors.wait`.
  package let descriptors: [Int32]

  /// `paths`: `per_cpu/cpuN/trace_pipe_raw` of each processor.
  package init(_ paths: [String]) throws(KernelError) {
    var descriptors: [Int32] = []
    for path in paths {
      do throws(Errno) {
        descriptors.append(try Descriptors.openWithoutWaiting(FilePath(path)))
      } catch {
        for descriptor in descriptors { try? LinuxSystemCalls().close(descriptor) }
        throw KernelError("open(\(path))", error)
      }
    }
    self.descriptors = descriptors
  }

  deinit {
    for descriptor in descriptors { try? calls.close(descriptor) }
  }

  /// The next page of a processor's buffer: how many bytes of it were read, 0 if there is none.
  package func readPage(_ descriptor: Int32, into page: inout [UInt8]) throws(KernelError) -> Int {
    do throws(Errno) {
      return try calls.read(descriptor, into: &page)
    } catch {
      if error == .tryAgain || error == .interrupted { return 0 }
      throw KernelError("read(trace_pipe_raw)", error)
    }
  }
}
