package org.qrepo.client;

import java.util.regex.Pattern;

/**
 * What stands behind {@code Server =}: the folder in which clients find {@code NAME.db}. {@code
 * $repo} and {@code $arch} stand for the repository and the client's architecture.
 *
 * @param value {@code https}, {@code http}, {@code ftp} or {@code file}; printable ASCII without
 *     blanks, quotes and backslashes; at most 2000 characters; no slash at its end
 */
public record ServerUrl(String value) {
  private static final Pattern FORM =
      Pattern.compile("(https?|ftp)://[!#-&(-\\[\\]^_a-~]+|file:///[!#-&(-\\[\\]^_a-~]*");
  private static final int MAX_LENGTH = 2000;

  /**
   * @throws IllegalArgumentException with a reason that can be shown
   */
  public ServerUrl {
    value = value.length() > 8 && value.endsWith("/") ? value.replaceAll("/+$", "") : value;
    if (!FORM.matcher(value).matches() || value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "'"
              + value
              + "' is not a URL that pacman fetches from: http, https, ftp or file,"
              + " without blanks, quotes and backslashes");
    }
    if (value.matches("[a-z]+://[^/]*@.*")) {
      throw new IllegalArgumentException("holds a user name, which strangers do not have");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
