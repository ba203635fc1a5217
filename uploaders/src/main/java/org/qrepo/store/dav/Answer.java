package org.qrepo.store.dav;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a server answered to one request, whatever its body was.
 *
 * @param uri that was asked
 */
record Answer(URI uri, int status, HttpHeaders headers) {
  private static final Pattern ETAG =
      Pattern.compile("(W/)?\"[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,512}\"");

  boolean isDone() {
    return status == 200 || status == 201 || status == 204;
  }

  boolean isAbsent() {
    return status == 404 || status == 410;
  }

  boolean isRedirect() {
    return status >= 300 && status < 400 && status != 304;
  }

  /** Servers lead from a folder's name to the same with a slash. */
  boolean isOfFolder() {
    return isRedirect()
        && header("Location")
            .filter(to -> to.replaceFirst("^https?://[^/]*", "").equals(uri.getRawPath() + "/"))
            .isPresent();
  }

  Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  /** The length of the body; -1 if it is not told. */
  long length() {
    return number(header("Content-Length"));
  }

  /** The length of the whole of which this is a part; -1 if it is not told. */
  long whole() {
    return number(header("Content-Range").map(range -> range.substring(range.indexOf('/') + 1)));
  }

  Optional<Instant> time(String name) {
    return header(name).flatMap(Answer::instant);
  }

  /** The state's own tag, as it goes into conditions; empty if there is none that could. */
  Optional<String> etag() {
    return header("ETag").filter(tag -> ETAG.matcher(tag).matches());
  }

  /** A time as HTTP writes it. */
  static Optional<Instant> instant(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static long number(Optional<String> text) {
    return text.filter(t -> t.matches("\\d{1,18}")).map(Long::parseLong).orElse(-1L);
  }
}
