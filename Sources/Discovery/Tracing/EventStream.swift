import Kernel

/// The events of all processors in one order.
final class EventStream {
  private let pipes: EventPipes
  private let decoder: EventDecoder
  private let format: PageFormat
  /// Events that were read, but are younger than others that may still come.
  private var held: [TraceEvent] = []
  private var page: [UInt8]
  /// The first of the pipes that have the events of the kernel's submitting threads.
  private let firstOfThreads: Int

  /// Pages that are read from one processor before the next one has its turn.
  private static let mostPages = 16_384

  init(_ pipes: consuming EventPipes, _ decoder: EventDecoder, _ format: PageFormat, firstOfThreads: Int) {
    self.firstOfThreads = firstOfThreads
    self.pipes = pipes
    self.decoder = decoder
    self.format = format
    page = [UInt8](repeating: 0, count: format.size)
  }

  var descriptors: [Int32] { pipes.descriptors }

  /// Reads what is there. `now`: when this is called, by the clock of the events; what is younger waits for the next
  /// call, since an older event of another processor may come with it.
  func next(now: UInt64) throws(KernelError) -> [TraceEvent] {
    for (index, descriptor) in pipes.descriptors.enumerated() {
      let isFromAnyThread = index >= firstOfThreads
      for _ in 0..<Self.mostPages {
        let count = try pipes.readPage(descriptor, into: &page)
        if count == 0 { break }
        EventPage.forEach(in: page, format: format) { record in
          if let event = decoder.event(in: page, record, isFromAnyThread: isFromAnyThread) { held.append(event) }
        }
      }
    }
    // Of events of the same time, those of one processor keep their order.
    let order = held.indices.sorted { (held[$0].time, $0) < (held[$1].time, $1) }
    let ready = order.prefix { held[$0].time <= now }.map { held[$0] }
    held = order.dropFirst(ready.count).map { held[$0] }
    return ready
  }
}
