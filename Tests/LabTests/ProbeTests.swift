import Foundation
import Testing

/// `uring-jail probe` against what is known of the kernels that these tests run on (docs/kernel-facts.md).
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct ProbeTests {
  private func probe(_ arguments: [String] = [], as wrapper: [String] = []) throws -> [String: Any] {
    let outcome = try run(wrapper + [Lab.jail, "probe", "--json"] + arguments)
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let answer = try #require(object, "\(outcome.errors)")
    let no: Int32 = arguments.contains("--policy") ? 125 : 1
    #expect(outcome.status == (answer["usable"] as? Bool == true ? 0 : no))
    return answer
  }

  private var expectedHoles: [String: String] {
    func open(_ isOpen: Bool) -> String { isOpen ? "open" : "closed" }
    return [
      "H1": open(Lab.hasExecHole), "H2": open(Lab.isBefore(7, 2, 11)), "H3": open(Lab.isBefore(7, 3, 2)),
      "H4": Lab.showsPeers ? open(Lab.isBefore(7, 2, 11)) : "absent", "H5": open(Lab.isBefore(7, 3, 2)),
    ]
  }

  @Test(arguments: [[], LaunchTests.asNobody])
  func everyHoleIsFoundAsItIs(wrapper: [String]) throws {
    let answer = try probe(as: wrapper)
    let holes = try #require(answer["holes"] as? [String: String])
    #expect(holes == expectedHoles)
    #expect(answer["usable"] as? Bool == true)
    #expect(answer["filters"] as? Bool == true && answer["restrictions"] as? Bool == true)
    #expect(answer["cap_sys_admin"] as? Bool == wrapper.isEmpty)
  }

  @Test func dataAndOperationsAreCounted() throws {
    let answer = try probe()
    let expected = ["socket": 12, "openat": 24, "openat2": 24, "connect": Lab.showsPeers ? 24 : 0]
    #expect(answer["data"] as? [String: Int] == expected)
    #expect(answer["operations"] as? Int == 65)
  }

  @Test func probingLeavesNoTrace() throws {
    let folder = try TemporaryFolder()
    let policy = try folder.create("p.toml", allowing("nop")).path(percentEncoded: false)
    let script = "\"$0\" probe >/dev/null; grep NoNewPrivs /proc/self/status; exec \"$0\" --policy \"$1\" -- \"$2\" nop"
    let outcome = try run(["bash", "-c", script, Lab.jail, policy, Lab.client])
    #expect(outcome.output.hasPrefix("NoNewPrivs:\t0\n"))
    #expect(outcome.status == 0 && outcome.output.contains("\"result\":0"), "\(outcome.errors)")
  }

  @Test func jailIsNoticedFromInside() throws {
    let outcome = try jailed(OperationTests.outer, command: [Lab.jail, "probe"])
    #expect(outcome.output.contains("this process is already in a jail"), "\(outcome.output)")
  }

  @Test func policyIsHeldAgainstTheKernelAsALaunchWould() throws {
    let folder = try TemporaryFolder()
    let policies = [
      allowing("nop"), allowing("connect", also: "[connect]\nallow = [{ port = 1 }]"),
      allowing("nop", also: "[kernel]\nholes = \"refuse\""),
    ]
    for (index, text) in policies.enumerated() {
      let file = try folder.create("\(index).toml", text).path(percentEncoded: false)
      let launch = try run([Lab.jail, "--policy", file, "--", "true"])
      let answer = try probe(["--policy", file])
      #expect(answer["usable"] as? Bool == (launch.status == 0), "\(text): \(launch.errors)")
      let steps = (answer["launch"] as? [String: Any])?["steps"] as? [[String: Any]]
      let last = try #require(steps?.last)
      #expect(last["done"] as? Bool == (launch.status == 0))
      if launch.status != 0, let reason = last["text"] as? String {
        #expect(launch.errors.contains(reason.split(separator: ": ").last ?? ""), "\(reason)")
      }
    }
  }
}
