package org.qrepo.sign.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A program made of a few lines of shell. */
final class Script {
  private Script() {}

  static Path in(Path directory, String name, String... lines) {
    try {
      Path file = directory.resolve(name);
      Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
