import URingABI

/// Finds out whether execve(2) drops the jail of a task that has made a ring (CVE-2026-80713), by doing it.
///
/// A child of a child does what the target could do: restricts itself, makes a ring, and executes this program once
/// more, which then looks whether it is still restricted. Nothing of that happens to this process: the child that it
/// waits for executes nothing and ends without a signal, and a ring ends with its process.
package struct ExecutionHoleTrial {
  /// The argument by which the program knows that it is executed for this.
  package static var argument: StaticString { "--is-the-jail-still-there" }

  private let calls: any SystemCalls

  package init(_ calls: any SystemCalls) {
    self.calls = calls
  }

  package enum Outcome: Hashable, Sendable {
    /// The jail stays.
    case closed
    /// The jail is gone.
    case open
    /// The trial could not be made, and says nothing about the kernel; why, for people.
    case undecided(String)
  }

  /// Exit statuses by which the child tells how it ended. Unusual ones, so that a program that ends for another reason
  /// is not taken for an answer.
  package enum Status: Int32, CaseIterable, Sendable {
    case restricted = 40
    case free = 41
    case cannotPrepare = 42
    case isHindered = 43
    case cannotRestrict = 44
    case cannotMakeRing = 45
    case cannotExecute = 46
    case cannotWait = 47
    case hasNoAnswer = 48

    var outcome: Outcome {
      switch self {
      case .restricted: .closed
      case .free: .open
      case .cannotPrepare: .undecided("a child could not give up new privileges")
      case .isHindered:
        .undecided("a child is already in a jail, or a seccomp filter prevents it from restricting itself")
      case .cannotRestrict: .undecided("a child could not restrict itself")
      case .cannotMakeRing: .undecided("a child could not make a ring")
      case .cannotExecute: .undecided("a child could not execute /proc/self/exe")
      case .cannotWait: .undecided("a child could not wait for its child")
      case .hasNoAnswer: .undecided("the kernel's answer after execve was not understood")
      }
    }
  }

  package func run() throws(KernelError) -> Outcome {
    let child = try attempt("clone") { () throws(Errno) in
      try calls.fork { (try? waitForExecution()) ?? Status.cannotWait.rawValue }
    }
    let status = try attempt("waitpid") { () throws(Errno) in try waitThroughInterrupts(for: child) }
    return Status(rawValue: status)?.outcome ?? .undecided("a child ended with status \(status)")
  }

  /// In the child: passes on how its own child ended. That one executes a program, after which its end is signalled, and
  /// a process that ignores the signal, as its caller may have had it do, cannot wait.
  private func waitForExecution() throws(Errno) -> Int32 {
    try calls.noticeChildren()
    return try waitThroughInterrupts(for: try calls.fork(tryExecution))
  }

  private func waitThroughInterrupts(for process: Int32) throws(Errno) -> Int32 {
    while true {
      do throws(Errno) {
        return try calls.wait(for: process)
      } catch {
        if error != .interrupted { throw error }
      }
    }
  }

  /// In the child's child: what a target would do to leave the jail.
  package func tryExecution() -> Int32 {
    guard (try? calls.setNoNewPrivileges()) != nil else { return Status.cannotPrepare.rawValue }
    // EPERM, which is to mean that the task is restricted already, must be the kernel's own and not a seccomp filter's.
    // The kernel calls these restrictions invalid, and a filter sees the same words of this call and of those below.
    do throws(Errno) {
      try Registration(calls).askForInvalidRestrictions()
      return Status.isHindered.rawValue
    } catch {
      // In a jail that it inherited it gets EPERM as well, of which nothing can be told.
      if error != .invalid { return Status.isHindered.rawValue }
    }
    do throws(KernelError) {
      try Registration(calls).register(Self.restrictions)
    } catch {
      return Status.cannotRestrict.rawValue
    }
    guard (try? calls.makeRing()) != nil else { return Status.cannotMakeRing.rawValue }
    do throws(Errno) {
      try calls.executeSelf(Self.argument)
    } catch {
      return Status.cannotExecute.rawValue
    }
  }

  /// In the program that the child's child executes: whether it is still restricted, by what the kernel says to a
  /// second restriction.
  package func look() -> Int32 {
    do throws(KernelError) {
      try Registration(calls).register(Self.restrictions)
      return Status.free.rawValue
    } catch {
      return (error.errno == .notPermitted ? Status.restricted : .hasNoAnswer).rawValue
    }
  }

  private static var restrictions: [Restriction] { [.allow(Operation(code: 0)), .allowFlags(.everyBit)] }
}
