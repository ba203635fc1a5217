package org.qrepo.cli.build.qube;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.qrepo.cli.doctor.Result;

/** Looks at who builds, and at the group that Xen's devices belong to. */
final class UserLook {
  private static final String GROUP = "qubes";
  private static final String DEVICES = "/dev/xen";

  private UserLook() {}

  static Result user(QubeSystem system) {
    return ids(system, "Uid").stream().skip(1).findFirst().orElse(-1L) == 0
        ? Result.error(
            "user-root",
            "root",
            "builders refuse to be run by root",
            "Run it as the user of the qube; they call sudo where they need it.")
        : Result.ok("user", "this user", "is not root");
  }

  /** What {@code /proc/self/status} says: real, effective, saved, of the file system. */
  private static List<Long> ids(QubeSystem system, String field) {
    return system.lines("/proc/self/status").stream()
        .filter(line -> line.startsWith(field + ":"))
        .flatMap(
            line -> Arrays.stream(line.substring(field.length() + 1).strip().split("\\s+", -1)))
        .filter(word -> word.matches("[0-9]{1,10}"))
        .map(Long::parseLong)
        .toList();
  }

  /** In a qube: whether qrexec and xenstore can be reached by this user. */
  static List<Result> xen(QubeSystem system) throws IOException {
    Optional<Long> group = group(system);
    if (group.isEmpty() || !system.has(DEVICES)) {
      return List.of(
          Result.warning(
              "xen-devices", DEVICES, "is not there, or there is no group " + GROUP + " here"));
    }
    List<Result> results = new ArrayList<>();
    for (Path device : devices(system)) {
      long owner =
          ((Number) Files.getAttribute(device, "unix:gid", LinkOption.NOFOLLOW_LINKS)).longValue();
      if (owner != 0 && owner != group.get()) {
        results.add(
            Result.error(
                "xen-group",
                DEVICES + "/" + device.getFileName(),
                "belongs to group " + owner + ", not to " + GROUP + ": a build has changed it",
                "Until it is given back, qrexec and xenstore-read of this qube fail.",
                "sudo chgrp " + GROUP + " /dev/xen/*"));
      }
    }
    if (!ids(system, "Groups").contains(group.get())
        && ids(system, "Uid").stream().noneMatch(id -> id == 0)) {
      results.add(
          Result.warning(
              "xen-group",
              "this user",
              "is not in the group " + GROUP + ", which Xen's devices belong to",
              "sudo usermod -a -G " + GROUP + " user"));
    }
    return Result.orOk(
        results, Result.ok("xen-group", DEVICES, "belongs to whom it should belong"));
  }

  private static List<Path> devices(QubeSystem system) throws IOException {
    try (Stream<Path> devices = Files.list(system.file(DEVICES))) {
      return devices.sorted().limit(64).toList();
    }
  }

  private static Optional<Long> group(QubeSystem system) {
    return system.lines("/etc/group").stream()
        .map(line -> line.split(":", -1))
        .filter(fields -> fields.length > 2 && fields[0].equals(GROUP))
        .filter(fields -> fields[2].matches("[0-9]{1,10}"))
        .map(fields -> Long.parseLong(fields[2]))
        .findFirst();
  }
}
