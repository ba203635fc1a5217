package org.qrepo.cli.serve;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Paths in URLs. */
final class Urls {
  private static final String PLAIN = "-._~/!$&'()*+,;=:@";

  private Urls() {}

  /** Percent-encodes what cannot stand in the path of a URL. */
  static String encode(String path) {
    StringBuilder out = new StringBuilder();
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0);
      out.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
    }
    return out.toString();
  }
}
