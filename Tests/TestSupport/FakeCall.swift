package import Kernel
package import URingABI

/// One system call as the fake kernel saw it, with the arguments that matter.
package enum FakeCall: Hashable, Sendable {
  case open(String)
  case openPath(String)
  case close
  case fileStatus
  case fileSystem
  case read
  case directoryEntries
  case readLink(String)
  case linkTarget
  case currentDirectory
  case users
  case groups
  case mountFlags
  case isAmbient(UInt8)
  case getNoNewPrivileges
  case setNoNewPrivileges
  case capabilities
  case uname
  /// io_uring_register(IORING_REGISTER_BPF_FILTER) that asks for the data of openat.
  case probe
  case query
  /// io_uring_register(2) with another opcode and nothing else, to see whether it is held.
  case askRegister(RegisterOperation)
  case restrict([Restriction])
  case filter(Operation, payloadSize: UInt8, deniesRest: Bool)
  /// io_uring_register(IORING_REGISTER_BPF_FILTER) with a size that is always refused.
  case askPayloadSize(Operation)
  case execute(String, [String])
  case closeRange(UInt32, UInt32)
  case closeOnExec(Int32)
  case keepOnExec(Int32)
  case isClosedOnExec(Int32)
  case duplicate(Int32)
  case create(String)
  case write
  case rename
  case makeDirectory
  case getCapabilities
  case setCapabilities(CapabilitySets)
  case readBoundingSet(UInt8)
  case dropFromBoundingSet(UInt8)
  case random
  case seccomp
  case seccompNothing
  case enterRing(Int32)
  case setUpNoRing
  case executeNothing
  case fileCapabilities(String)
  case fork
  case wait
  case noticeChildren
  case makeRing
  case executeSelf

  /// Which call it is, whatever its arguments.
  package enum Name: Hashable, Sendable, CaseIterable {
    case open, openPath, close, fileStatus, fileSystem, read, directoryEntries, readLink, linkTarget
    case currentDirectory
    case users, groups, mountFlags, isAmbient, getNoNewPrivileges, setNoNewPrivileges, capabilities, uname
    case probe, query, askRegister, restrict, filter, askPayloadSize, execute
    case closeRange, closeOnExec, keepOnExec, isClosedOnExec, duplicate, create, write, rename, makeDirectory
    case getCapabilities, setCapabilities, readBoundingSet, dropFromBoundingSet, random, seccomp
    case seccompNothing, enterRing, setUpNoRing, executeNothing, fileCapabilities
    case fork, wait, noticeChildren, makeRing, executeSelf
  }

  package var name: Name {
    switch self {
    case .open: .open
    case .openPath: .openPath
    case .close: .close
    case .fileStatus: .fileStatus
    case .fileSystem: .fileSystem
    case .read: .read
    case .directoryEntries: .directoryEntries
    case .readLink: .readLink
    case .linkTarget: .linkTarget
    case .currentDirectory: .currentDirectory
    case .users: .users
    case .groups: .groups
    case .mountFlags: .mountFlags
    case .isAmbient: .isAmbient
    case .getNoNewPrivileges: .getNoNewPrivileges
    case .setNoNewPrivileges: .setNoNewPrivileges
    case .capabilities: .capabilities
    case .uname: .uname
    case .probe: .probe
    case .query: .query
    case .askRegister: .askRegister
    case .restrict: .restrict
    case .filter: .filter
    case .askPayloadSize: .askPayloadSize
    case .execute: .execute
    case .closeRange: .closeRange
    case .closeOnExec: .closeOnExec
    case .keepOnExec: .keepOnExec
    case .isClosedOnExec: .isClosedOnExec
    case .duplicate: .duplicate
    case .create: .create
    case .write: .write
    case .rename: .rename
    case .makeDirectory: .makeDirectory
    case .getCapabilities: .getCapabilities
    case .setCapabilities: .setCapabilities
    case .readBoundingSet: .readBoundingSet
    case .dropFromBoundingSet: .dropFromBoundingSet
    case .random: .random
    case .seccomp: .seccomp
    case .seccompNothing: .seccompNothing
    case .enterRing: .enterRing
    case .setUpNoRing: .setUpNoRing
    case .executeNothing: .executeNothing
    case .fileCapabilities: .fileCapabilities
    case .fork: .fork
    case .wait: .wait
    case .noticeChildren: .noticeChildren
    case .makeRing: .makeRing
    case .executeSelf: .executeSelf
    }
  }

  /// What a seccomp filter sees of the call, but for io_uring_register(2), where that is more than its name and the
  /// arguments that are numbers.
  var words: String {
    switch self {
    case .seccomp, .seccompNothing: "seccomp"
    case .capabilities, .getCapabilities: "capget"
    case .setCapabilities: "capset"
    case .execute: "execve"
    default: "\(self)"
    }
  }

  /// `struct linux_dirent64`: u64 inode, s64 offset, u16 record length, u8 type, the name and its NUL, padded to 8.
  package static func directoryEntry(_ name: String) -> [UInt8] {
    let length = (19 + name.utf8.count + 1 + 7) / 8 * 8
    let header = [UInt8](repeating: 7, count: 16) + [UInt8(length), 0, 10]
    let text = header + Array(name.utf8)
    return text + [UInt8](repeating: 0, count: length - text.count)
  }
}
