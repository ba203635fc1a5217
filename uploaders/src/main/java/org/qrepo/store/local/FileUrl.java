package org.qrepo.store.local;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.qrepo.store.TargetException;

/** The {@code file://} URLs that pacman takes. */
public final class FileUrl {
  private static final String SCHEME = "file://";

  private FileUrl() {}

  /**
   * The path in a URL, percent-encodings resolved.
   *
   * @throws TargetException if it names another host, or no absolute path
   */
  public static Path path(String url) {
    String rest = url.substring(SCHEME.length());
    String path = rest.startsWith("localhost/") ? rest.substring("localhost".length()) : rest;
    if (!path.startsWith("/")) {
      throw new TargetException(
          "'" + url + "' names no absolute path on this machine: write file:///DIRECTORY");
    }
    try {
      return Path.of(decode(path));
    } catch (InvalidPathException e) {
      throw new TargetException("'" + url + "' cannot be a path here: " + e.getReason());
    }
  }

  /** Resolves percent-encodings; what is not one stays as it is, as in curl. */
  static String decode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream();
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '%' && hex(bytes, i + 1) >= 0 && hex(bytes, i + 2) >= 0) {
        decoded.write(hex(bytes, i + 1) * 16 + hex(bytes, i + 2));
        i += 2;
      } else {
        decoded.write(bytes[i]);
      }
    }
    return decoded.toString(StandardCharsets.UTF_8);
  }

  private static int hex(byte[] bytes, int at) {
    return at < bytes.length ? Character.digit(bytes[at], 16) : -1;
  }
}
