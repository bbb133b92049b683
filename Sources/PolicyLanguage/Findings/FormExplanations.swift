import Diagnostics

/// Errors in the form of keys and values.
enum FormExplanations {
  static let all: [Explanation] = [
    Explanation(
      PolicyDiagnostics.missingVersion, "the language version is missing",
      """
      Every file says which version of the policy language it is written in, so that it never means something else to \
      a later uring-jail. Begin it with: policy = 1
      """, example: "[operations]\nallow = [\"nop\"]\n"),
    Explanation(
      PolicyDiagnostics.unsupportedVersion, "the language version is not known",
      "The file was written for another version of uring-jail. This one reads version 1.", example: "policy = 2\n"),
    Explanation(
      PolicyDiagnostics.unknownKey, "a key does not exist",
      """
      uring-jail ignores nothing in a policy: an unknown key is an error, often a typo or a key in the wrong table.
      """, example: "policy = 1\n[operations]\nalow = [\"nop\"]\n"),
    Explanation(
      PolicyDiagnostics.missingKey, "a key is missing",
      "The table requires this key.", example: "policy = 1\n[register]\n"),
    Explanation(
      PolicyDiagnostics.unknownName, "a name does not exist",
      """
      Names are those of the kernel in lower case without their prefix: IORING_OP_READ is "read", O_CREAT is "creat". \
      'uring-jail operations' lists operations and groups. Write a number where uring-jail does not know the name yet.
      """, example: "policy = 1\n[operations]\nallow = [\"raed\"]\n"),
    Explanation(
      PolicyDiagnostics.wrongType, "a value has the wrong type",
      "The key takes another type of value, such as a list instead of a table, or a number instead of text.",
      example: "policy = 1\n[operations]\nallow = \"nop\"\n"),
    Explanation(
      PolicyDiagnostics.outOfRange, "a number is too small or too large",
      "The kernel's field, or the table of names, has no such number.",
      example: "policy = 1\n[operations]\nallow = [300]\n"),
    Explanation(
      PolicyDiagnostics.decimalMode, "permissions are written in decimal",
      "Permissions are octal numbers, as in chmod(1): 0o022 and 22 are different permissions.",
      example: "policy = 1\noperations.allow = [\"openat2\"]\n[open]\nmode = { forbid = 22 }\n"),
    Explanation(
      PolicyDiagnostics.emptyList, "a list is empty where it must not be",
      """
      An empty list of entries would allow nothing, which is better said by denying the operation; an empty list of \
      values in an entry would never match.
      """, example: "policy = 1\noperations.allow = [\"socket\"]\n[socket]\nallow = []\n"),
    Explanation(
      PolicyDiagnostics.emptyEntry, "an entry or table has no condition",
      """
      An entry without conditions matches everything, which is hardly intended. To allow every request of an \
      operation, remove its table.
      """, example: "policy = 1\noperations.allow = [\"socket\"]\n[socket]\nallow = [{}]\n"),
    Explanation(
      PolicyDiagnostics.invalidPort, "a port or range of ports is wrong",
      "Ports are numbers from 1 to 65535, and ranges are text: \"8000-8099\". Port 0 is denied wherever peers are limited.",
      example: "policy = 1\noperations.allow = [\"connect\"]\n[connect]\nallow = [{ port = 70000 }]\n"),
    Explanation(
      PolicyDiagnostics.invalidAddress, "an address or prefix is wrong",
      """
      'to' takes IPv4 and IPv6 addresses, prefixes in CIDR form, and the names any, loopback, private, link-local and \
      multicast. Host names are not possible: filters see addresses.
      """, example: "policy = 1\noperations.allow = [\"connect\"]\n[connect]\nallow = [{ to = \"10.0.0.300\" }]\n"),
    Explanation(
      PolicyDiagnostics.hostBits, "a prefix has bits beyond its length",
      """
      10.1.2.3/8 could mean the network 10.0.0.0/8 or the address 10.1.2.3. Write the one that is meant.
      """, example: "policy = 1\noperations.allow = [\"connect\"]\n[connect]\nallow = [{ to = \"10.1.2.3/8\" }]\n"),
    Explanation(
      PolicyDiagnostics.invalidRequest, "the request of a test is not valid",
      """
      A request is an operation and its arguments: "openat2 flags=rdonly resolve=beneath", "socket family=inet \
      type=stream", "connect to=[2001:db8::1]:443", "read sqe-flags=fixed_file", "register buffers".
      """, example: "policy = 1\n[[test]]\nrequest = \"opent\"\nexpect = \"deny\"\n"),
  ]
}
