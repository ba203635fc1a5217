package org.qrepo.cli.serve;

import com.sun.net.httpserver.Headers;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The headers that clients and caches go by. */
final class FileHeaders {
  private static final Pattern IMMUTABLE =
      Pattern.compile(".*\\.pkg\\.tar(\\.[a-z0-9]+)?|(.*/)?generations/[0-9a-f]{16}/[^/]+");
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private FileHeaders() {}

  /**
   * @param path by which the file was asked for; that of a folder for its page
   */
  static void describe(Headers headers, String path, Instant modified) {
    headers.set("Last-Modified", HTTP_DATE.format(modified));
    headers.set("Accept-Ranges", "bytes");
    headers.set("Content-Type", contentType(path.endsWith("/") ? ".html" : path));
    headers.set(
        "Cache-Control",
        IMMUTABLE.matcher(path).matches() ? "public, max-age=31536000, immutable" : "no-cache");
  }

  private static String contentType(String name) {
    if (name.endsWith(".sig")) {
      return "application/pgp-signature";
    }
    if (name.endsWith(".html")) {
      return "text/html; charset=utf-8";
    }
    if (name.endsWith(".asc")) {
      return "application/pgp-keys";
    }
    return name.endsWith(".json") ? "application/json" : "application/octet-stream";
  }

  /** Whether the client has what was modified then. */
  static boolean hasCurrent(Headers request, Instant modified) {
    return date(request.getFirst("If-Modified-Since"))
        .map(since -> !modified.truncatedTo(ChronoUnit.SECONDS).isAfter(since))
        .orElse(false);
  }

  /**
   * Whether a range of what was modified then may be sent: the client's first part is of it too.
   */
  static boolean mayContinue(Headers request, Instant modified) {
    String condition = request.getFirst("If-Range");
    return condition == null
        || date(condition)
            .map(then -> then.equals(modified.truncatedTo(ChronoUnit.SECONDS)))
            .orElse(false);
  }

  private static Optional<Instant> date(@org.jspecify.annotations.Nullable String header) {
    if (header == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header, Instant::from));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
