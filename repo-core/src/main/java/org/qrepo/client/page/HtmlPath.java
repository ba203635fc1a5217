package org.qrepo.client.page;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** File names in addresses. */
final class HtmlPath {
  private static final String KEPT = "-._~+:@!$,=";

  private HtmlPath() {}

  /**
   * A file in the folder of the page. It begins with {@code ./}, so that a colon in the name names
   * no scheme; what has a meaning in addresses is escaped.
   */
  static String relative(String fileName) {
    StringBuilder address = new StringBuilder("./");
    for (byte unit : fileName.getBytes(StandardCharsets.UTF_8)) {
      char character = (char) (unit & 0xFF);
      boolean kept =
          character < 0x80
              && (Character.isLetterOrDigit(character) || KEPT.indexOf(character) >= 0);
      address.append(
          kept ? String.valueOf(character) : String.format(Locale.ROOT, "%%%02X", unit & 0xFF));
    }
    return address.toString();
  }
}
