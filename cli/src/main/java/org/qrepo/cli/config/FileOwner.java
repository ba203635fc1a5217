package org.qrepo.cli.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** Tells whether a file says what its user wrote, and nobody else. */
final class FileOwner {
  private static final Path THIS_PROCESS = Path.of("/proc/self");

  private FileOwner() {}

  /** Whether this user owns the file, links followed, and no one else can write it. */
  static boolean isUserAlone(Path file) throws IOException {
    Path real = file.toRealPath();
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(real);
    return Files.getAttribute(real, "unix:uid").equals(Files.getAttribute(THIS_PROCESS, "unix:uid"))
        && !permissions.contains(PosixFilePermission.GROUP_WRITE)
        && !permissions.contains(PosixFilePermission.OTHERS_WRITE);
  }
}
