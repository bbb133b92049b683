import Kernel

/// What is said to who starts this program from a file that gives it rights.
enum ElevationRefusal {
  /// What is wrong and what to do instead; `nil` if there is nothing to say.
  static func find(_ calls: any SystemCalls) -> (message: String, help: String)? {
    let elevation: Elevation
    do throws(KernelError) {
      guard let found = try Elevation.find(calls) else { return nil }
      elevation = found
    } catch {
      return (
        "cannot read the privileges of this process: \(error)", "start it with no more rights than its caller has"
      )
    }
    let file = (try? calls.readLink("/proc/self/exe")) ?? "uring-jail"
    let always = "its caller would control rights that the caller does not have"
    switch elevation {
    case .user(let users):
      return (
        "this program must not be set-user-ID: it runs as user \(users.effective) for user \(users.real), and \(always)",
        "chmod u-s \(file), and start it as user \(users.effective), with sudo(8) or a service manager"
      )
    case .group(let groups):
      return (
        "this program must not be set-group-ID: it runs as group \(groups.effective) for group \(groups.real), and "
          + always,
        "chmod g-s \(file), and start it as group \(groups.effective), with newgrp(1) or a service manager"
      )
    case .capabilities:
      return (
        "this program must not have capabilities from its file: \(always)",
        "setcap -r \(file), and start it through a program that can pass on ambient capabilities, such as setpriv(1) "
          + "run by root, or a service manager"
      )
    }
  }
}
