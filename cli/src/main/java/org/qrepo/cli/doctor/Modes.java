package org.qrepo.cli.doctor;

import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** Permissions that matter. */
final class Modes {
  /** What lets others see or change a secret. */
  static final Set<PosixFilePermission> OF_OTHERS =
      Set.copyOf(
          EnumSet.of(
              PosixFilePermission.GROUP_READ,
              PosixFilePermission.GROUP_WRITE,
              PosixFilePermission.OTHERS_READ,
              PosixFilePermission.OTHERS_WRITE));

  private Modes() {}
}
