package org.qrepo.cli.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A text file of a checkout, whose size a stranger chose. */
final class SmallFile {
  private SmallFile() {}

  /**
   * Its text, byte for byte in ISO 8859-1.
   *
   * @return empty if there is no regular file
   * @throws IOException if it is larger than {@code most} bytes
   */
  static Optional<String> read(Path file, int most) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(most + 1);
      if (bytes.length > most) {
        throw new IOException(file + " is larger than " + most + " bytes");
      }
      return Optional.of(new String(bytes, StandardCharsets.ISO_8859_1));
    }
  }
}
