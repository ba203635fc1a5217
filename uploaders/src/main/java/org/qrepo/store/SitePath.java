package org.qrepo.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * What clients put behind the server's URL: a path as it stands in a database, not encoded. A
 * character that no URL may hold makes some clients fail and others ask for another file, so it is
 * refused. What is not ASCII goes as the percent-encoding of its bytes, which servers take for the
 * same.
 */
public final class SitePath {
  private static final String LEGAL = "-._~!$&'()*+,;=:@/";

  private SitePath() {}

  /**
   * The path as it goes into the URL.
   *
   * @throws IOException if clients could not ask for it
   */
  public static String encode(String path) throws IOException {
    requireSegments(path);
    StringBuilder url = new StringBuilder();
    for (int i = 0; i < path.length(); i += Character.charCount(path.codePointAt(i))) {
      append(url, path, i);
    }
    return url.toString();
  }

  /**
   * Makes sure that a path leads down from the repository's folder.
   *
   * @throws IOException if a segment is empty, {@code .} or {@code ..}
   */
  public static void requireSegments(String path) throws IOException {
    for (String segment : List.of(path.split("/", -1))) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw refused(path, "an empty segment, . and .. lead clients to another place");
      }
    }
  }

  private static void append(StringBuilder url, String path, int at) throws IOException {
    int c = path.codePointAt(at);
    if (c > 0x7f) {
      for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
        url.append(String.format(Locale.ROOT, "%%%02X", b));
      }
    } else if (isAlphanumeric(c) || LEGAL.indexOf(c) >= 0) {
      url.append((char) c);
    } else if (c == '%' && isHex(path, at + 1) && isHex(path, at + 2)) {
      url.append('%');
    } else {
      throw refused(path, String.format("the character 0x%02x is not allowed in a URL", c));
    }
  }

  private static boolean isAlphanumeric(int c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  private static boolean isHex(String text, int at) {
    return at < text.length() && Character.digit(text.charAt(at), 16) >= 0;
  }

  private static IOException refused(String path, String why) {
    return new IOException("clients cannot fetch '" + path + "': " + why);
  }
}
