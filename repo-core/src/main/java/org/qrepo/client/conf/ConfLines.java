package org.qrepo.client.conf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines of a configuration file as pacman's reader sees them: cut after 4095 bytes, up to the
 * first zero byte, without blanks around them. A folder reads like an empty file.
 */
final class ConfLines {
  /** The most that is read of one file, in bytes; a list of all mirrors has a tenth of it. */
  static final int MAX_FILE = 1 << 20;

  private static final int MAX_LINE = 4095;

  private ConfLines() {}

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read, or is larger than {@link #MAX_FILE}
   */
  static List<String> of(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      return List.of();
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_FILE + 1);
    }
    if (bytes.length > MAX_FILE) {
      throw new IOException("larger than " + MAX_FILE + " bytes");
    }
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n' || i + 1 - start == MAX_LINE) {
        lines.add(line(bytes, start, i + 1));
        start = i + 1;
      }
    }
    if (start < bytes.length) {
      lines.add(line(bytes, start, bytes.length));
    }
    return lines;
  }

  private static String line(byte[] bytes, int start, int end) {
    int stop = start;
    while (stop < end && bytes[stop] != 0) {
      stop++;
    }
    return trim(new String(bytes, start, stop - start, StandardCharsets.UTF_8));
  }

  /** Without the blanks of C's {@code isspace} at both ends. */
  static String trim(String text) {
    return text.replaceAll("^[ \\t\\n\\x0B\\f\\r]+|[ \\t\\n\\x0B\\f\\r]+$", "");
  }
}
