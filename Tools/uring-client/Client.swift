import CLibURing
import CLinuxShims
import URingABI

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
    for operation in options.registerOperations {
      let result = ring.register(operation)
      let error = result < 0 ? ",\"error\":\"\(RingError(call: "", errno: -result).name)\"" : ""
      Output.line("{\"register\":\"\(operation.name)\",\"result\":\(result)\(error)}")
    }
    var open = Set<Int>()
    if options.oneByOne {
      for index in requests.indices {
        ring.queue(requests[index].bytes, userData: userData(of: index))
        try ring.submitAll()
        open.formUnion(try collect(from: ring, [index]))
      }
    } else {
      for index in requests.indices { ring.queue(requests[index].bytes, userData: userData(of: index)) }
      try ring.submitAll()
      open = try collect(from: ring, Set(requests.indices))
    }
    for index in open.sorted() {
      Output.line(
        "{\"index\":\(index),\"operation\":\"\(requests[index].operation.name)\",\"result\":null,\"timeout\":true}")
    }
    return open.isEmpty ? 0 : 1
  }

  private func userData(of index: Int) -> UInt64 { options.requests[index].userData ?? UInt64(index) }

  /// Prints completions until every request has one; returns those that have none in time.
  private func collect(from ring: borrowing Ring, _ indexes: Set<Int>) throws(RingError) -> Set<Int> {
    var open = indexes
    while !open.isEmpty {
      guard let completion = try ring.nextCompletion(withinMilliseconds: options.waitMilliseconds) else { return open }
      guard let index = options.requests.indices.first(where: { userData(of: $0) == completion.userData }) else {
        Output.line("{\"unexpected_user_data\":\(completion.userData)}")
        continue
      }
      let error = completion.result < 0 ? ",\"error\":\"\(RingError(call: "", errno: -completion.result).name)\"" : ""
      let name = options.requests[index].operation.name
      Output.line(
        "{\"index\":\(index),\"operation\":\"\(name)\",\"result\":\(completion.result)\(error),"
          + "\"flags\":\(completion.flags)}")
      if completion.flags & UInt32(IORING_CQE_F_MORE) == 0 { open.remove(index) }
    }
    return open
  }
}
