package org.qrepo.store.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;
import org.qrepo.store.TargetException;

/** What a request says about who sends it. It never shows what it holds. */
public final class Authorization {
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1,8192}");

  private final String header;
  private final String source;

  private Authorization(String header, String source) {
    this.header = header;
    this.source = source;
  }

  /**
   * A user name and a password, in UTF-8.
   *
   * @param source where they are from, for messages
   * @throws TargetException if HTTP cannot say them
   */
  public static Authorization basic(String user, String password, String source) {
    String both = user + ":" + password;
    if (user.contains(":") || both.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
      throw new TargetException(
          "the user name or password of " + source + " has a character that HTTP cannot say");
    }
    byte[] bytes = both.getBytes(StandardCharsets.UTF_8);
    return new Authorization("Basic " + Base64.getEncoder().encodeToString(bytes), source);
  }

  /**
   * A bearer token.
   *
   * @param source where it is from, for messages
   * @throws TargetException if HTTP cannot say it
   */
  public static Authorization bearer(String token, String source) {
    if (!TOKEN.matcher(token).matches()) {
      throw new TargetException("the token of " + source + " has a character that no token has");
    }
    return new Authorization("Bearer " + token, source);
  }

  /** The value of the header {@code Authorization}. */
  public String header() {
    return header;
  }

  /** Where it is from. */
  public String source() {
    return source;
  }

  @Override
  public String toString() {
    return "Authorization[" + source + "]";
  }
}
