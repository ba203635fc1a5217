package org.qrepo.sign;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Who a new key belongs to.
 *
 * @param text {@code Name <mail@example.org>}
 */
public record UserId(String text) {
  private static final Pattern FORM = Pattern.compile("[^<>]*[^<>\\s] <[^<>@\\s]+@[^<>@\\s]+>");
  private static final int LONGEST = 255;

  public UserId {
    boolean harmless = text.codePoints().allMatch(Display::harmless);
    if (!harmless
        || !FORM.matcher(text).matches()
        || !text.equals(text.strip())
        || text.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      throw new IllegalArgumentException(
          "'%s' is no user id: it has the form Name <mail@example.org>, at most %d bytes, and no"
                  .formatted(Display.text(text.getBytes(StandardCharsets.UTF_8)), LONGEST)
              + " control characters");
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
