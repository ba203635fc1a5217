package org.qrepo.cli.doctor;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.store.http.HttpProbe;

/**
 * How long an answer may be used without asking again (RFC 9111, 5.2).
 *
 * @param seconds 0: never; empty: the server does not say, and caches guess
 */
record CacheRule(Optional<Long> seconds) {
  private static final Pattern AGE =
      Pattern.compile("(?:^|[ ,])(s-maxage|max-age)\\s*=\\s*\"?([0-9]{1,18})");

  /** For caches that many clients share. */
  static CacheRule of(HttpProbe.Answer answer) {
    String header = answer.header("Cache-Control").orElse("").toLowerCase(Locale.ROOT);
    if (header.contains("no-cache") || header.contains("no-store")) {
      return new CacheRule(Optional.of(0L));
    }
    Optional<Long> seconds = Optional.empty();
    Matcher ages = AGE.matcher(header);
    while (ages.find()) {
      long age = Long.parseLong(ages.group(2));
      if (ages.group(1).equals("s-maxage")) {
        return new CacheRule(Optional.of(age));
      }
      seconds = Optional.of(age);
    }
    return new CacheRule(seconds);
  }
}
