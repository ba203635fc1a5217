package org.qrepo.cli.console;

import java.time.Duration;
import java.util.Locale;

/** Figures as people read them. */
public final class Figures {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Figures() {}

  /** {@code 512 B}, {@code 98.2 MiB}. */
  public static String bytes(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 1023.95 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, value < 99.95 ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
  }

  /** {@code 410 MiB/s}; empty if no time has passed. */
  public static String rate(long bytes, Duration time) {
    long millis = time.toMillis();
    return millis <= 0 ? "" : bytes((long) (bytes * 1000.0 / millis)) + "/s";
  }

  /** {@code 12 ms}, {@code 1.2 s}, {@code 3 min 20 s}, {@code 2 h 5 min}. */
  public static String time(Duration time) {
    long millis = time.toMillis();
    if (millis < 1000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
    return time.toHours() == 0
        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
        : time.toHours() + " h " + time.toMinutesPart() + " min";
  }

  /** {@code 1 package}, {@code 2 packages}. */
  public static String count(long n, String one, String many) {
    return n + " " + (n == 1 ? one : many);
  }
}
