import Kernel
import TestSupport
import Testing

struct ArgumentVectorTests {
  private static let arguments: [[UInt8]] = [Array("name".utf8), [], [0xFF, 0x20], Array("é".utf8), Array("--".utf8)]

  @Test func bytesAreThoseOfTheVector() {
    Arguments(Self.arguments).withVector { vector in
      #expect(vector.count == 5)
      #expect(vector.allBytes == Self.arguments)
      #expect(vector.strings == ["name", "", "\u{FFFD} ", "é", "--"])
    }
  }

  @Test func tailSharesTheRest() {
    Arguments(Self.arguments).withVector { vector in
      for length in 0...5 {
        #expect(vector.dropFirst(length).allBytes == Array(Self.arguments.dropFirst(length)))
      }
      #expect(vector.dropFirst(1).dropFirst(2).allBytes == Array(Self.arguments.dropFirst(3)))
    }
  }

  @Test func argumentIsComparedByItsBytes() {
    let words = ["--pid", "--pid=7", "--pid=", "--pidx", "--pi", "", "-", "--pid\u{301}", "--PID"]
    let expected = ["same", "joined(at: 6)", "joined(at: 6)", "longer", "other", "other", "other", "longer", "other"]
    Arguments(words).withVector { vector in
      #expect(words.indices.map { "\(vector.likeness(of: $0, to: "--pid"))" } == expected)
      #expect(words.indices.filter { vector.argument($0, is: "--pid") } == [0])
      #expect(words.indices.filter { vector.argument($0, is: "") } == [5])
      #expect(vector.bytes(at: 1, from: 6) == Array("7".utf8) && vector.bytes(at: 2, from: 6) == [])
    }
  }
}

struct FilePathTests {
  @Test func pathIsComparedByItsBytes() {
    #expect(FilePath("e\u{301}") != FilePath("\u{E9}"))
    #expect(FilePath([0x2F, 0xFF]) == FilePath([0x2F, 0xFF]))
    #expect(FilePath([0x2F, 0xFF]).description == "/\u{FFFD}")
  }
}

struct ErrnoTests {
  @Test(arguments: [
    (Errno.notPermitted, "EPERM", "Operation not permitted (EPERM)"),
    (.accessDenied, "EACCES", "Permission denied (EACCES)"),
    (.messageSize, "EMSGSIZE", "Message too long (EMSGSIZE)"),
    (Errno(9999), "error 9999", "unknown error (error 9999)"),
  ])
  func numberHasItsNameAndItsMeaning(_ error: Errno, _ name: String, _ description: String) {
    #expect(error.name == name)
    #expect(error.description == description)
    #expect(KernelError("open", error).description == "open: \(description)")
  }
}
