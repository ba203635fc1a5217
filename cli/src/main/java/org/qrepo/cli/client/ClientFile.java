package org.qrepo.cli.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.qrepo.io.AtomicFile;

/**
 * A text for other machines.
 *
 * @param name of the file
 * @param executable whether it is a script
 */
public record ClientFile(String name, boolean executable, String text) {
  /** Writes it into a directory, which is made if it is not there. */
  public Path write(Path directory) {
    Path file = directory.resolve(name);
    try {
      Files.createDirectories(directory);
      AtomicFile.write(
          file,
          text.getBytes(StandardCharsets.UTF_8),
          PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }
}
