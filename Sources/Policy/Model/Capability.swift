/// Linux capabilities by name (include/uapi/linux/capability.h), in lower case without `CAP_`.
///
/// The language has these names itself, and does not ask libcap for them: what a policy means does not depend on the
/// library, and reading one makes no system call. A test compares them with cap_to_name(3).
package enum Capability {
  /// Index is the number.
  package static let names = [
    "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap",
    "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner",
    "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice",
    "sys_resource", "sys_time", "sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap",
    "mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf",
    "checkpoint_restore",
  ]

  /// CAP_NET_RAW
  package static let rawNetwork: UInt8 = 13

  /// A capability set has 64 bits.
  package static let largest: UInt8 = 63
}
