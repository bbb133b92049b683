import Foundation
import Testing

/// Trust where the numbers of users mean something else, where mounts count, and where the launcher's own file gives
/// rights. Each test is a script of root's.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct NamespaceTrustTests {
  /// Runs a script in a mount namespace of its own and in a new folder that everyone may enter, on a file system that is
  /// the guest's. There are `$jail`, `$client`, `p.toml`, a policy of root's, and functions:
  ///
  /// - `user COMMAND...`: runs it as user 1000;
  /// - `starts NAME [OPTION...]`: tries to start a program, and prints the name and whether it ran, or the message.
  private func script(_ text: String) throws -> [String] {
    let folder = try TemporaryFolder()
    _ = try folder.create("p.toml", allowing("nop"))
    let beginning = """
      set -eu
      user() { setpriv --reuid=1000 --regid=1000 --clear-groups -- "$@"; }
      starts() {
        local name=$1 status=0
        shift
        "$@" -- "$client" nop >out 2>errors || status=$?
        if ((status)); then echo "$name: $status $(tail -n 1 errors)"; else echo "$name: ran"; fi
      }
      : >out; : >errors; chmod 666 out errors

      """
    let outcome = try run(
      ["unshare", "--mount", "bash", "-c", beginning + text], environment: ["jail": Lab.jail, "client": Lab.client],
      directory: folder.path)
    try #require(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    return outcome.output.split(separator: "\n").map(String.init)
  }

  /// Every line begins with its name and has its words: `ran`, or parts of a refusal with 125.
  private func expect(_ lines: [String], _ expected: [(name: String, words: [String])]) {
    #expect(lines.count == expected.count, "\(lines)")
    for (line, (name, words)) in zip(lines, expected) {
      if words == ["ran"] {
        #expect(line == "\(name): ran")
      } else {
        #expect(line.hasPrefix("\(name): 125 ") && words.allSatisfy(line.contains), "\(line)")
      }
    }
  }

  // MARK: User namespaces

  /// To a user who is root of a namespace, every file of the machine's root looks like nobody's.
  @Test func adviceInAUserNamespaceCanBeFollowed() throws {
    let lines = try script(
      """
      inside() { user unshare --user --map-root-user "$@"; }
      starts path inside "$jail" --policy ./p.toml
      starts stream inside sh -c '"$0" --policy - "$@" <p.toml' "$jail"
      starts accepted inside "$jail" --accept-untrusted-policy --policy ./p.toml
      """)
    expect(
      lines,
      [
        (
          "path",
          ["'/' belongs to the overflow user 'nobody' (user 65534)", "--policy - <FILE", "--accept-untrusted-policy"]
        ),
        ("stream", ["ran"]), ("accepted", ["ran"]),
      ])
    #expect(lines.first?.contains("chown") == false)
  }

  /// Root of the machine, in a namespace that has no other user, meets the files of all others as nobody's.
  @Test func filesOfUsersThatTheNamespaceDoesNotHaveAreNobodys() throws {
    let lines = try script(
      """
      inside() { unshare --user --map-root-user "$@"; }
      starts own inside "$jail" --policy ./p.toml
      chown 1234 p.toml
      starts foreign inside "$jail" --policy ./p.toml
      """)
    expect(
      lines,
      [
        ("own", ["ran"]),
        (
          "foreign",
          [
            "p.toml' belongs to the overflow user 'nobody' (user 65534)",
            "copy the policy to a file of this namespace's root",
            "--policy - <FILE", "--accept-untrusted-policy",
          ]
        ),
      ])
    #expect(lines.last?.contains("chown") == false)
  }

  /// Without a map, the caller has the number of the overflow user, and so have all files. With a capability left, that
  /// must not make the caller the owner of everything.
  @Test func numberOfTheOverflowUserMakesNobodyAnOwner() throws {
    let lines = try script(
      """
      chown 1234 p.toml; chmod 600 p.toml
      user unshare --user sh -c id\\ -u
      starts inside setpriv --reuid=1234 --regid=1234 --clear-groups unshare --user --keep-caps "$jail" --policy ./p.toml
      chmod 644 p.toml; chown 65534 p.toml
      starts outside setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps +chown "$jail" --policy ./p.toml
      starts root "$jail" --policy ./p.toml
      """)
    #expect(lines.first == "65534")
    expect(
      Array(lines.dropFirst()),
      [
        ("inside", ["belongs to the overflow user 'nobody' (user 65534)"]),
        ("outside", ["p.toml' belongs to the overflow user 'nobody' (user 65534)", "chown root "]),
        ("root", ["p.toml' belongs to the overflow user 'nobody' (user 65534)", "chown root "]),
      ])
  }

  /// The number is the whole machine's, so it becomes one that no other test uses.
  @Test func numberOfTheOverflowUserIsTheOneOfTheKernel() throws {
    let lines = try script(
      """
      before=$(cat /proc/sys/kernel/overflowuid)
      chown 4321 p.toml
      privileged() { setpriv --reuid=4321 --regid=4321 --clear-groups --inh-caps +chown -- "$jail" --policy ./p.toml "$@"; }
      starts own privileged
      echo 4321 >/proc/sys/kernel/overflowuid
      starts nobodys privileged
      echo "$before" >/proc/sys/kernel/overflowuid
      """)
    expect(lines, [("own", ["ran"]), ("nobodys", ["p.toml' belongs to the overflow user 'nobody' (user 4321)"])])
  }

  // MARK: Privileges

  /// Whoever has something to lose is refused what others could write; the ordinary user is not.
  @Test func everyPrivilegeCounts() throws {
    let lines = try script(
      """
      chmod 666 p.toml
      starts user user "$jail" --policy ./p.toml
      starts inheritable setpriv --reuid=1000 --regid=1000 --clear-groups --inh-caps +wake_alarm "$jail" --policy ./p.toml
      starts ambient setpriv --reuid=1000 --regid=1000 --clear-groups --inh-caps +net_raw --ambient-caps +net_raw \\
        "$jail" --policy ./p.toml
      starts root "$jail" --policy ./p.toml
      starts powerless setpriv --bounding-set -all --inh-caps -all "$jail" --policy ./p.toml
      """)
    let refused = ["p.toml' is writable by group and others", "chmod g-w,o-w "]
    expect(
      lines,
      [("user", ["ran"]), ("inheritable", refused), ("ambient", refused), ("root", refused), ("powerless", refused)])
  }

  /// Every command: what a launcher with rights does for its caller, it does with these rights.
  @Test func launcherWithRightsFromItsFileRefusesEveryCommand() throws {
    let lines = try script(
      """
      printf 'policy = 1\\n' >p.toml
      cp "$jail" user-id; chmod 4755 user-id
      cp "$jail" group-id; chgrp 5 group-id; chmod 2755 group-id
      cp "$jail" capability; setcap cap_net_raw+p capability
      cp "$jail" inherited; setcap cap_net_raw+i inherited
      for each in user-id group-id capability; do
        starts $each user ./$each --policy ./p.toml
        for command in "check p.toml" "test p.toml" "--help" "--version" "probe" "operations" "wrong" ""; do
          status=0
          user ./$each $command >/dev/null 2>errors || status=$?
          echo "$each $command: $status $(tail -n 1 errors)"
        done
      done
      starts inherited setpriv --reuid=1000 --regid=1000 --clear-groups --inh-caps +net_raw ./inherited --policy ./p.toml
      setpriv --no-new-privs --reuid=1000 --regid=1000 --clear-groups ./user-id --version | wc -l
      """)
    let words = ["user-id": "must not be set-user-ID", "group-id": "must not be set-group-ID"]
    #expect(lines.count == 3 * 9 + 2, "\(lines)")
    for line in lines.dropLast() {
      let launcher = line.prefix { $0 != " " && $0 != ":" }
      let reason = words[String(launcher)] ?? "must not have capabilities from its file"
      #expect(line.contains(": 125 uring-jail: this program \(reason)"), "\(line)")
    }
    // no_new_privs has execve(2) ignore the bit, so there are no rights.
    #expect(lines.last == "1")
  }

  /// The bit is not needed: a caller whose own ids differ hands them on.
  @Test func callerWhoseIDsDifferIsRefused() throws {
    let lines = try script(
      """
      starts user setpriv --ruid=1000 "$jail" --policy ./p.toml
      starts group setpriv --rgid=1000 --clear-groups "$jail" --policy ./p.toml
      """)
    expect(
      lines, [("user", ["it runs as user 0 for user 1000"]), ("group", ["it runs as group 0 for group 1000"])])
  }

  // MARK: Mounts

  /// As Kubernetes mounts a ConfigMap.
  @Test func folderThatEveryoneMayWriteToIsTrustedOnAReadOnlyMountAlone() throws {
    let lines = try script(
      """
      mkdir volume mounted; chmod 0777 volume
      mkdir volume/..1; cp p.toml volume/..1/; ln -s ..1 volume/..data; ln -s ..data/p.toml volume/p.toml
      starts written "$jail" --policy ./volume/p.toml
      mount --bind volume mounted
      starts bound "$jail" --policy ./mounted/p.toml
      mount -o remount,bind,ro mounted
      starts read-only "$jail" --policy ./mounted/p.toml
      starts other "$jail" --policy ./volume/p.toml
      chmod 0666 volume/..1/p.toml
      starts file "$jail" --policy ./mounted/p.toml
      chmod 0644 volume/..1/p.toml; chown 1000 volume
      starts owner "$jail" --policy ./mounted/p.toml
      chown 0 volume; chown -h 1000 volume/..data
      starts link "$jail" --policy ./mounted/p.toml
      umount mounted
      mount -t tmpfs -o mode=777 none mounted; cp p.toml mounted/
      starts file-system "$jail" --policy ./mounted/p.toml
      mount -o remount,ro mounted
      starts read-only-file-system "$jail" --policy ./mounted/p.toml
      """)
    expect(
      lines,
      [
        ("written", ["volume' is writable by group and others"]),
        ("bound", ["mounted' is writable by group and others"]), ("read-only", ["ran"]),
        ("other", ["volume' is writable by group and others"]),
        ("file", ["p.toml' is writable by group and others"]), ("owner", ["mounted' belongs to user 1000"]),
        ("link", ["the symbolic link", "..data' belongs to user 1000"]),
        ("file-system", ["mounted' is writable by group and others"]), ("read-only-file-system", ["ran"]),
      ])
  }

  // MARK: Names

  /// Whatever is in the administrator's folder under a name, the package's policy of that name is not used instead.
  @Test func nameInTheAdministratorsFolderIsLookedForNowhereElse() throws {
    let lines = try script(
      """
      mkdir -p prefix/bin prefix/share/uring-jail/policies
      cp "$jail" prefix/bin/; cp p.toml prefix/share/uring-jail/policies/web.toml
      chmod 755 prefix prefix/bin prefix/share prefix/share/uring-jail prefix/share/uring-jail/policies
      here=$PWD
      mount -t tmpfs -o mode=755 none /etc
      own=/etc/uring-jail
      web() { starts "$1" user "$here/prefix/bin/uring-jail" --policy web; }
      web no-folder
      ln -s /nowhere $own; web folder-to-nothing; rm $own
      touch $own; web folder-is-file; rm $own
      ln -s uring-jail $own; web folder-loop; rm $own
      mkdir $own; web empty-folder
      chmod 700 $own; web closed-folder; chmod 755 $own
      ln -s none $own/web.toml; web to-nothing; rm $own/web.toml
      ln -s web.toml $own/web.toml; web loop; rm $own/web.toml
      ln -s /proc/self/status/x $own/web.toml; web through-file; rm $own/web.toml
      mkdir $own/web.toml; web directory; rmdir $own/web.toml
      mknod $own/web.toml c 1 3; web device; rm $own/web.toml
      printf 'policy = 1\\n' >$own/web.toml; chmod 600 $own/web.toml; web unreadable; chmod 644 $own/web.toml
      starts long user "$here/prefix/bin/uring-jail" --policy "$(printf 'x%.0s' {1..300})"
      printf 'policy = 1\\n[operations]\\nallow = ["nop"]\\n[kernel]\\nholes = "accept"\\n' >$own/web.toml; web own
      """)
    let unsure = ["uring-jail cannot determine whether '/etc/uring-jail/web.toml' exists"]
    let unusable = ["'/etc/uring-jail/web.toml' cannot be used: "]
    expect(
      lines,
      [
        ("no-folder", ["ran"]), ("folder-to-nothing", unsure), ("folder-is-file", unusable),
        ("folder-loop", unusable), ("empty-folder", ["ran"]), ("closed-folder", unusable),
        ("to-nothing", ["'/etc/uring-jail/web.toml' exists, but leads to no file", "remove it"]),
        ("loop", unusable), ("through-file", unusable), ("directory", unusable + ["it is a directory"]),
        ("device", unusable + ["it is a device"]), ("unreadable", unusable + ["EACCES"]),
        ("long", ["cannot be used: ", "ENAMETOOLONG"]), ("own", ["ran"]),
      ])
  }
}
