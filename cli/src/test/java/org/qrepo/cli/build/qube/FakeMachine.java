package org.qrepo.cli.build.qube;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The root directory of an AppVM of Fedora in which all is well, and what tests change in it. */
final class FakeMachine {
  static final long GB = 1_000_000_000L;

  private final Path root;
  private final Map<String, String> environment = new HashMap<>(Map.of("PATH", "/usr/bin"));
  private final Map<String, String> qubesdb = new HashMap<>();
  private QubeSystem.Space space = new QubeSystem.Space(40 * GB, 20 * GB);

  FakeMachine(Path root) throws IOException {
    this.root = root;
    for (String program :
        List.of(
            "git gpg sudo python3 make curl wget perl rpmbuild createrepo_c openssl rpm rsync tree"
                .split(" ", -1))) {
      program("/usr/bin/" + program, "#!/bin/sh\nexit 9\n");
    }
    program("/usr/lib/qubes/qrexec-client-vm", "#!/bin/sh\nexit 9\n");
    Files.createDirectories(builder());
    write("/usr/share/qubes/marker-vm", "");
    write("/run/qubes/qrexec-agent", "");
    write("/proc/meminfo", "MemTotal:        3980000 kB\nMemFree:          123456 kB\n");
    write("/proc/self/mountinfo", mounts("rw,relatime"));
    write("/proc/self/status", "Name:\tjava\nUid:\t1000\t1000\t1000\t1000\nGroups:\t98 1000 \n");
    write("/etc/resolv.conf", "nameserver 10.139.1.1\n");
    write("/dev/xen/xenbus", "");
    write("/etc/group", "root:x:0:\nqubes:x:98:user\n");
    group(98);
    is("/name", "build-archlinux");
    is("/qubes-vm-type", "AppVM");
    is("/qubes-gateway", "10.138.30.1");
  }

  Path builder() {
    return root.resolve("home/user/qubes-builder");
  }

  /** The file system of {@code /home}, as it is mounted in qubes, with these options. */
  String mounts(String options) {
    String home = root.resolve("home").toString().replace(" ", "\\040");
    return """
        22 1 252:3 / / rw,relatime shared:1 - ext4 /dev/mapper/dmroot rw
        24 22 202:16 / /rw rw,nodev,nosuid shared:3 - ext4 /dev/xvdb rw
        25 22 202:16 /home %s %s shared:4 - ext4 /dev/xvdb rw
        broken line
        """
        .formatted(home, options);
  }

  void write(String name, String text) {
    try {
      Path file = root.resolve(name.substring(1));
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void program(String name, String script) {
    write(name, script);
    try {
      Files.setPosixFilePermissions(
          root.resolve(name.substring(1)), PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(String name) {
    try {
      Files.delete(root.resolve(name.substring(1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void variable(String name, String value) {
    environment.put(name, value);
  }

  void space(long total, long free) {
    space = new QubeSystem.Space(total, free);
  }

  /** What dom0 has told the qube; no value: nothing. */
  void is(String key, String value) {
    qubesdb.put(key, value);
    StringBuilder script = new StringBuilder("#!/bin/sh\ncase $1 in\n");
    qubesdb.forEach(
        (k, v) -> script.append(v.isEmpty() ? "" : "%s) echo '%s'; exit 0;;%n".formatted(k, v)));
    program("/usr/bin/qubesdb-read", script + "esac\nexit 1\n");
  }

  /** The group that owns the devices; 0 where the tests are run by root. */
  long ownerOfDevices() throws IOException {
    return ((Number) Files.getAttribute(root.resolve("dev/xen/xenbus"), "unix:gid")).longValue();
  }

  /** Gives the device to a group that is neither root's nor that of Qubes; only root can. */
  void giveDevicesAway(int group) throws IOException {
    Files.setAttribute(root.resolve("dev/xen/xenbus"), "unix:gid", group);
  }

  /** The number of the group of Qubes; this user is in it. */
  void group(long number) {
    write("/etc/group", "root:x:0:\nqubes:x:" + number + ":user\n");
    write(
        "/proc/self/status",
        "Name:\tjava\nUid:\t1000\t1000\t1000\t1000\nGroups:\t" + number + " 1000 \n");
  }

  QubeSystem system() {
    return new QubeSystem(root, environment, there -> space);
  }
}
