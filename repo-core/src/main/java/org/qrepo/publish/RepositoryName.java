package org.qrepo.publish;

import java.util.regex.Pattern;

/**
 * The name of a repository: the section in pacman.conf and the stem of the database's file name.
 * Narrower than alpm-repo-name(7), so that it is safe in URLs, shells and file names.
 *
 * @param value ASCII letters, digits, {@code @ . _ + -}; not starting with {@code -} or {@code .};
 *     at most 128 characters; not {@code local}, which pacman keeps for itself, and not {@code
 *     options}
 */
public record RepositoryName(String value) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9@_+][A-Za-z0-9@._+-]*");
  private static final int LONGEST = 128;

  public RepositoryName {
    if (value.length() > LONGEST) {
      throw new IllegalArgumentException(
          "'" + value + "' is not a repository name: it has more than " + LONGEST + " characters");
    }
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'"
              + value
              + "' is not a repository name: use letters, digits and @ . _ + -, and begin with none of . -");
    }
    if (value.equals("local") || value.equals("options")) {
      throw new IllegalArgumentException("'" + value + "' is reserved by pacman");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
