package org.qrepo.alpm;

import java.util.regex.Pattern;

/**
 * The full version of a package: {@code [epoch:]version-release}. Two versions that are written
 * differently can be equally new ({@code 1.0-1} and {@code 1.00-1}): {@link #compareTo} then gives
 * 0 though they are not equal.
 *
 * @param value printable ASCII without {@code /}, exactly one {@code -}, at most one {@code :}
 */
public record PackageVersion(String value) implements Comparable<PackageVersion> {
  /** A name has at least one character, and {@code name-version} at most 255 bytes. */
  public static final int MAX_LENGTH = 253;

  private static final Pattern EPOCH = Pattern.compile("[0-9]+:[^:]*");

  /**
   * @throws IllegalArgumentException with a reason that can be shown, if clients would refuse it
   */
  public PackageVersion {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("version is empty");
    }
    if (value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "version of " + value.length() + " characters is longer than " + MAX_LENGTH);
    }
    if (!value.chars().allMatch(PackageVersion::isAllowed)) {
      throw new IllegalArgumentException(
          "version "
              + Quoted.of(value)
              + " has a slash, whitespace or other characters than printable ASCII");
    }
    int dash = value.indexOf('-');
    if (dash < 0 || dash != value.lastIndexOf('-')) {
      throw new IllegalArgumentException(
          "version " + Quoted.of(value) + " does not have exactly one '-' before its release");
    }
    if (value.indexOf(':') >= 0 && !EPOCH.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "version " + Quoted.of(value) + " has an epoch that is not a number");
    }
    if (dash == value.indexOf(':') + 1 || dash == value.length() - 1) {
      throw new IllegalArgumentException(
          "version " + Quoted.of(value) + " lacks the part before or after its '-'");
    }
  }

  private static boolean isAllowed(int c) {
    return c > ' ' && c < 0x7f && c != '/';
  }

  /** Older is less, by the rules of {@link #compare}. */
  @Override
  public int compareTo(PackageVersion other) {
    return compare(value, other.value);
  }

  /**
   * Compares two strings as the {@code vercmp} program does: any strings, valid versions or not.
   * They are split into epoch (digits before a colon, else 0), version, and release (after the last
   * dash); the releases count only if both have one. Source of the rules: alpm-pkgver(7) and
   * vercmp(8).
   *
   * @return -1 if {@code a} is older, 0 if they are equally new, 1 if {@code a} is newer
   */
  public static int compare(String a, String b) {
    return VersionOrder.compare(a, b);
  }

  @Override
  public String toString() {
    return value;
  }
}
