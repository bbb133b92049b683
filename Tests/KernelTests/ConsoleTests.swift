import Glibc
import Kernel
import Testing

struct ConsoleTests {
  @Test func environmentVariableIsItsBytes() async {
    // In a process of its own: other tests must not see the environment change.
    await #expect(processExitsWith: .success) {
      let value: [CChar] = [0x2F, -1, -2, 0x3A, 0x2F, 0x62, 0]
      unsafe setenv("URING_JAIL_TEST", value, 1)
      #expect(Console.environment("URING_JAIL_TEST") == [0x2F, 0xFF, 0xFE, 0x3A, 0x2F, 0x62])
      unsafe setenv("URING_JAIL_TEST", "", 1)
      #expect(Console.environment("URING_JAIL_TEST") == [])
      unsafe unsetenv("URING_JAIL_TEST")
      #expect(Console.environment("URING_JAIL_TEST") == nil)
    }
  }
}
