import Kernel

/// What came of reading a file, short enough to be compared at a glance.
enum Outcome: Equatable, CustomStringConvertible {
  case text(String)
  /// Read nevertheless, for this reason.
  case accepted(String, because: String)
  case refused(String)
  case notAFile(isDirectory: Bool)
  case tooLarge
  case failed(String)

  var description: String {
    switch self {
    case .text(let text): "text: \(text)"
    case .accepted(let text, let reason): "accepted although \(reason): \(text)"
    case .refused(let reason): "refused: \(reason)"
    case .notAFile(let isDirectory): isDirectory ? "a directory" : "a device or socket"
    case .tooLarge: "too large"
    case .failed(let error): "failed: \(error)"
    }
  }

  static func of(
    _ path: String, _ calls: any SystemCalls, _ trust: FileTrust = .required(caller: 0), limit: Int = 1000
  ) -> Outcome {
    of { () throws(FileReadFailure) in
      try FileReader(calls, trust: trust).read(FilePath(path), limit: limit)
    }
  }

  static func ofStandardInput(
    _ calls: any SystemCalls, _ trust: FileTrust = .required(caller: 0), limit: Int = 1000
  ) -> Outcome {
    of { () throws(FileReadFailure) in
      try FileReader(calls, trust: trust).readStandardInput(limit: limit)
    }
  }

  private static func of(
    _ read: () throws(FileReadFailure) -> FileContents
  ) -> Outcome {
    do throws(FileReadFailure) {
      let contents = try read()
      let text = String(decoding: contents.bytes, as: UTF8.self)
      return contents.distrust.map { .accepted(text, because: $0.description) } ?? .text(text)
    } catch {
      switch error {
      case .distrusted(let reason): return .refused(reason.description)
      case .notAFile(let isDirectory): return .notAFile(isDirectory: isDirectory)
      case .tooLarge: return .tooLarge
      case .kernel(let error): return .failed("\(error.call): \(error.errno.name)")
      }
    }
  }
}
