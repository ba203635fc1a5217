package org.qrepo.client;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.qrepo.alpm.PackageVersion;

/**
 * The version of a keyring package: the day and a number, {@code 20261122.1-1}. It always grows,
 * also past what somebody else chose before, and where a clock goes backwards.
 */
public final class KeyringVersion {
  private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;
  private static final Pattern FORM =
      Pattern.compile("(?:([0-9]{1,9}):)?([0-9]{8})\\.([0-9]{1,9})-[0-9.]+");

  private KeyringVersion() {}

  /** The version for new content. */
  public static PackageVersion after(Optional<PackageVersion> previous, Instant now) {
    String today = DAY.format(LocalDate.ofInstant(now, ZoneOffset.UTC));
    PackageVersion first = new PackageVersion(today + ".1-1");
    return previous.map(p -> after(p, today, first)).orElse(first);
  }

  private static PackageVersion after(PackageVersion previous, String today, PackageVersion first) {
    Matcher matcher = FORM.matcher(previous.value());
    if (matcher.matches() && String.valueOf(matcher.group(2)).compareTo(today) >= 0) {
      long next = Long.parseLong(matcher.group(3)) + 1;
      return new PackageVersion(epoch(matcher.group(1)) + matcher.group(2) + "." + next + "-1");
    }
    if (first.compareTo(previous) > 0) {
      return first;
    }
    String value = previous.value();
    int colon = value.indexOf(':');
    long epoch = colon < 0 ? 0 : Long.parseLong(value.substring(0, colon));
    PackageVersion same = new PackageVersion(epoch + ":" + first);
    return same.compareTo(previous) > 0 ? same : new PackageVersion((epoch + 1) + ":" + first);
  }

  private static String epoch(@Nullable String digits) {
    return digits == null ? "" : digits + ":";
  }

  /** When a package of a version counts as built, if nothing else is said: at the day's begin. */
  static Instant buildDate(PackageVersion version, Instant now) {
    Matcher matcher = FORM.matcher(version.value());
    try {
      return matcher.matches()
          ? LocalDate.parse(matcher.group(2), DAY).atStartOfDay(ZoneOffset.UTC).toInstant()
          : now;
    } catch (java.time.DateTimeException e) {
      return now;
    }
  }
}
