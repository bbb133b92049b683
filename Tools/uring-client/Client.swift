import CLibURing

/// Makes the requests in the context that the command line asks for.
struct Client {
  let options: ClientOptions

  /// Exit status.
  func run() -> Int32 {
    do throws(RingError) {
      return try perform()
    } catch {
      Output.line("{\"call\":\"\(error.call)\",\"result\":\(-error.errno),\"error\":\"\(error.name)\"}")
      return 2
    }
  }

  private func perform() throws(RingError) -> Int32 {
    let requests = options.requests
    let ring = try Ring(entries: requests.count, setupFlags: options.setupFlags)
    if options.setupFlags & UInt32(IORING_SETUP_R_DISABLED) != 0 { try ring.enable() }
    var open = Set<Int>()
    var batch = Set<Int>()
    for index in requests.indices {
      switch requests[index] {
      case .submission(let entry):
        ring.queue(entry.bytes, userData: options.userData(of: index))
        batch.insert(index)
        if !options.oneByOne { continue }
        open.formUnion(try submit(&batch, to: ring))
      case .registration(let operation):
        open.formUnion(try submit(&batch, to: ring))
        report(index, ring.register(operation))
      }
    }
    open.formUnion(try submit(&batch, to: ring))
    for index in open.sorted() {
      Output.line("{\"index\":\(index),\"operation\":\"\(requests[index].name)\",\"result\":null,\"timeout\":true}")
    }
    return open.isEmpty ? 0 : 1
  }

  /// Submits what is queued; returns the requests that have no completion in time.
  private func submit(_ batch: inout Set<Int>, to ring: borrowing Ring) throws(RingError) -> Set<Int> {
    if batch.isEmpty { return [] }
    try ring.submitAll()
    let open = try collect(from: ring, batch)
    batch = []
    return open
  }

  /// `more`: members of the object that only a completion has.
  private func report(_ index: Int, _ result: Int32, _ more: String = "") {
    let error = result < 0 ? ",\"error\":\"\(RingError(call: "", errno: -result).name)\"" : ""
    let name = options.requests[index].name
    Output.line("{\"index\":\(index),\"operation\":\"\(name)\",\"result\":\(result)\(error)\(more)}")
  }

  /// Prints completions until every request has one; returns those that have none in time.
  private func collect(from ring: borrowing Ring, _ indexes: Set<Int>) throws(RingError) -> Set<Int> {
    var open = indexes
    while !open.isEmpty {
      guard let completion = try ring.nextCompletion(withinMilliseconds: options.waitMilliseconds) else { return open }
      guard let index = options.requests.indices.first(where: { options.userData(of: $0) == completion.userData })
      else {
        Output.line("{\"unexpected_user_data\":\(completion.userData)}")
        continue
      }
      report(index, completion.result, ",\"flags\":\(completion.flags)")
      if completion.flags & UInt32(IORING_CQE_F_MORE) == 0 { open.remove(index) }
    }
    return open
  }
}
