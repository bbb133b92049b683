import FilterCompiler
import Kernel
import Policy
import PolicyAdvice
import PolicyLanguage
import URingABI

/// Why a precompiled policy is of no use, and the command that makes it anew.
struct PrecompiledRefusal {
  let message: String
  let help: String

  init(_ refusal: PrecompiledPolicy.Refusal, _ text: PolicyText) {
    let again = Self.again(text)
    let own = (format: PrecompiledPolicy.formatVersion, compiler: PrecompiledPolicy.compilerVersion)
    switch refusal {
    case .version(let version):
      message = "it has format \(version), and this version of uring-jail reads format \(own.format)"
      help = version > own.format ? "use the uring-jail that wrote it, or \(again)" : again
    case .compiler(let version) where version > own.compiler:
      message = "it was made by compiler \(version), and this version of uring-jail has compiler \(own.compiler)"
      help = "use the uring-jail that wrote it, or \(again)"
    case .compiler(let version):
      message =
        "it was made by compiler \(version), whose filters lack the corrections up to compiler \(own.compiler)"
      help = again
    case .machine(let machine):
      message = "it was compiled on \(machine.name), and this is \(Machine.native.name)"
      help = "on this machine, \(again)"
    case .size: (message, help) = ("it is cut off, or something was added to it", again)
    case .checksum: (message, help) = ("it was changed since it was written", again)
    case .malformed(let reason): (message, help) = ("it is not valid: \(reason)", again)
    }
  }

  private static func again(_ text: PolicyText) -> String {
    let file = text.name == FileContents.standardInputName ? "FILE.jail" : ShellWord.quoted(text.name)
    let names = PrecompiledPolicy.policyNames(in: text.bytes).map { name in
      [PrecompiledPolicy.nameOfStream, FileContents.standardInputName].contains(name)
        ? "POLICY.toml" : ShellWord.quoted(name)
    }
    let policies = names.isEmpty ? "POLICY.toml" : names.joined(separator: " ")
    return "compile the policy again: uring-jail compile --output \(file) \(policies)"
  }
}

/// Words that are to be copied into a shell.
enum ShellWord {
  static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "/._-+@%,:=".utf8.contains(byte) || byte >= 0x80
      }
    }
    if isPlain, !word.isEmpty, !word.hasPrefix("-") { return word }
    let whole = word.hasPrefix("-") ? "./" + word : word
    return "'" + whole.replacing("'", with: "'\\''") + "'"
  }
}
