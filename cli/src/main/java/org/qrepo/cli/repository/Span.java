package org.qrepo.cli.repository;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as people write them: {@code 30d}, {@code 12h}. */
public final class Span {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,6})([smhdw]?)");

  private Span() {}

  /**
   * Reads a span: a number and one of {@code s m h d w}; {@code 0} needs none.
   *
   * @throws IllegalArgumentException with a reason that can be shown
   */
  public static Duration parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches() || (matcher.group(2).isEmpty() && !text.matches("0+"))) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a span of time: write 30d, 12h, 90m, 20s or 2w");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "w" -> Duration.ofDays(7 * count);
      case "d" -> Duration.ofDays(count);
      case "h" -> Duration.ofHours(count);
      case "m" -> Duration.ofMinutes(count);
      default -> Duration.of(count, ChronoUnit.SECONDS);
    };
  }
}
