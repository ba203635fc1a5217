package org.qrepo.alpm;

import java.util.regex.Pattern;

/**
 * What machines a package is for.
 *
 * @param value ASCII letters, digits and {@code _}; {@code any} for all machines
 */
public record Architecture(String value) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_]{1,64}");

  /** For packages that run on every machine. */
  public static final Architecture ANY = new Architecture("any");

  /**
   * @throws IllegalArgumentException with a reason that can be shown
   */
  public Architecture {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "architecture "
              + Quoted.of(value)
              + " is not 1 to 64 ASCII letters, digits and underscores");
    }
  }

  public boolean isAny() {
    return value.equals("any");
  }

  /** Whether a repository for {@code this} architecture may hold a package for {@code other}. */
  public boolean accepts(Architecture other) {
    return other.isAny() || equals(other);
  }

  @Override
  public String toString() {
    return value;
  }
}
