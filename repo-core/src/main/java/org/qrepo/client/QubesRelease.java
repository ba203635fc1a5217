package org.qrepo.client;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A release of Qubes OS: {@code r4.3}. */
public record QubesRelease(int major, int minor) implements Comparable<QubesRelease> {
  private static final Pattern FORM = Pattern.compile("[rR]?([1-9][0-9]?)\\.([0-9]{1,2})");
  private static final Comparator<QubesRelease> ORDER =
      Comparator.comparingInt(QubesRelease::major).thenComparingInt(QubesRelease::minor);

  /**
   * Reads {@code r4.3} or {@code 4.3}.
   *
   * @throws IllegalArgumentException with a reason that can be shown
   */
  public static QubesRelease parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a Qubes release like r4.3");
    }
    return new QubesRelease(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** Without the letter: {@code 4.3}. */
  public String number() {
    return major + "." + minor;
  }

  @Override
  public int compareTo(QubesRelease other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return "r" + number();
  }
}
