package org.qrepo.alpm;

import java.util.regex.Pattern;

/**
 * The name of a package. Clients accept letters and digits of their own locale; qrepo accepts the
 * ASCII ones, which every client reads alike.
 *
 * @param value letters, digits and {@code @._+-}, not starting with {@code -} or {@code .}
 */
public record PackageName(String value) implements Comparable<PackageName> {
  /**
   * What a client keeps: the directory {@code name-version} of an entry has at most 255 bytes, and
   * the shortest version has three.
   */
  public static final int MAX_LENGTH = 251;

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9@._+-]+");

  /**
   * @throws IllegalArgumentException with a reason that can be shown, if clients would refuse it
   */
  public PackageName {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("package name is empty");
    }
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "package name "
              + Quoted.of(value)
              + " has other characters than ASCII letters, digits and @._+-");
    }
    if (value.startsWith("-") || value.startsWith(".")) {
      throw new IllegalArgumentException(
          "package name " + Quoted.of(value) + " starts with " + Quoted.of(value.substring(0, 1)));
    }
    if (value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "package name of " + value.length() + " characters is longer than " + MAX_LENGTH);
    }
  }

  /** Orders by bytes, as entries stand in a database. */
  @Override
  public int compareTo(PackageName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
