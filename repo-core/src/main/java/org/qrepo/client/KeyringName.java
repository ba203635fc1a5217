package org.qrepo.client;

import java.util.regex.Pattern;

/**
 * The name of a keyring: what {@code pacman-key --populate} is given, and what its three files in
 * {@code /usr/share/pacman/keyrings} begin with.
 *
 * @param value ASCII letters, digits and {@code @ . _ + -}; not starting with {@code -}, {@code .}
 *     or {@code +}; at most 100 characters
 */
public record KeyringName(String value) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9@_][A-Za-z0-9@._+-]{0,99}");

  /**
   * @throws IllegalArgumentException with a reason that can be shown
   */
  public KeyringName {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'"
              + value
              + "' is no name for a keyring: use letters, digits and @ . _ + -, and begin with a"
              + " letter or digit");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
