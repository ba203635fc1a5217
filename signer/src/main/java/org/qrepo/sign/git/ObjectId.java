package org.qrepo.sign.git;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of an object: the digest of its kind, its size and its content.
 *
 * @param hex 40 (SHA-1) or 64 (SHA-256) lower-case hex digits
 */
public record ObjectId(String hex) {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final int SHORT = 12;

  public ObjectId {
    if (!FORM.matcher(hex).matches()) {
      throw new IllegalArgumentException("'" + hex + "' is not the id of an object");
    }
  }

  /** The id that a text is, whole; empty if it is none. */
  public static Optional<ObjectId> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new ObjectId(text)) : Optional.empty();
  }

  public ObjectFormat format() {
    return hex.length() == 2 * ObjectFormat.SHA1.length() ? ObjectFormat.SHA1 : ObjectFormat.SHA256;
  }

  /** Enough of it for people. */
  public String abbreviated() {
    return hex.substring(0, SHORT);
  }

  @Override
  public String toString() {
    return hex;
  }
}
