package org.qrepo.database;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The records of a pax extended header: {@code LENGTH KEY=VALUE\n} one after the other, where the
 * decimal length counts the whole record with its own digits (POSIX.1-2017 pax, "pax Extended
 * Header").
 */
final class PaxRecords {
  private PaxRecords() {}

  /**
   * Reads the content of an extended header.
   *
   * @return the records, values as ISO 8859-1, one character for each byte; empty if the bytes are
   *     no such records, or hold a key twice
   */
  static Optional<Map<String, String>> parse(byte[] bytes) {
    String text = new String(bytes, ISO_8859_1);
    Map<String, String> records = new LinkedHashMap<>();
    int at = 0;
    while (at < text.length()) {
      int blank = text.indexOf(' ', at);
      int length = blank < 0 ? 0 : length(text.substring(at, blank));
      int end = at + length;
      int equals = blank < 0 ? -1 : text.indexOf('=', blank);
      if (length == 0 || end > text.length() || equals < 0 || equals > end - 2) {
        return Optional.empty();
      }
      if (text.charAt(end - 1) != '\n'
          || records.put(text.substring(blank + 1, equals), text.substring(equals + 1, end - 1))
              != null) {
        return Optional.empty();
      }
      at = end;
    }
    return Optional.of(records);
  }

  private static int length(String digits) {
    return digits.matches("[1-9][0-9]{0,6}") ? Integer.parseInt(digits) : 0;
  }

  /** One record. */
  static byte[] format(String key, String value) {
    byte[] rest = (" " + key + "=" + value + "\n").getBytes(UTF_8);
    int length = rest.length + 1;
    while (rest.length + Integer.toString(length).length() != length) {
      length = rest.length + Integer.toString(length).length();
    }
    return (length + new String(rest, UTF_8)).getBytes(UTF_8);
  }
}
