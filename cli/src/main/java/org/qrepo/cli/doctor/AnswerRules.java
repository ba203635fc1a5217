package org.qrepo.cli.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.qrepo.cli.console.Figures;
import org.qrepo.store.http.HttpProbe;

/** What clients and the caches before them want of one answer. */
final class AnswerRules {
  private static final Pattern HTML =
      Pattern.compile("^\\s*(<!doctype html|<html|<head|<\\?xml)", Pattern.CASE_INSENSITIVE);
  private static final String SNIPPET = "qrepo client server nginx|apache prints how to set it.";
  private static final long KEPT_LONG = Duration.ofDays(1).toSeconds();

  private AnswerRules() {}

  static boolean isPage(HttpProbe.Answer answer) {
    return HTML.matcher(answer.beginning()).lookingAt();
  }

  /** That the bytes of a file come as they are. */
  static List<Result> bytes(String name, HttpProbe.Answer answer) {
    if (answer.status() != 200) {
      return List.of(
          Result.error(
              "web-status",
              name,
              "the server answers " + answer.status() + " at " + answer.url(),
              "Clients take nothing but 200 for an answer."));
    }
    if (isPage(answer)) {
      return List.of(
          Result.error(
              "web-page",
              name,
              "the server answers 200 with a web page instead of the file",
              "Clients take the page for the file and call it corrupted.",
              "Let the server answer 404 for what is not there."));
    }
    List<Result> results = new ArrayList<>();
    answer
        .header("Content-Encoding")
        .filter(e -> !e.equalsIgnoreCase("identity"))
        .ifPresent(e -> results.add(encoded(name, e)));
    String type = answer.header("Content-Type").orElse("application/octet-stream");
    if (type.toLowerCase(Locale.ROOT).startsWith("text/")) {
      results.add(
          Result.warning(
              "web-content-type",
              name,
              "is offered as " + type,
              "Proxies and browsers may rewrite texts; application/octet-stream leaves it alone.",
              SNIPPET));
    }
    return results;
  }

  private static Result encoded(String name, String encoding) {
    return Result.error(
        "web-content-encoding",
        name,
        "the server marks it as Content-Encoding: " + encoding,
        "Clients that decode it get other bytes than were signed. Turn it off for this file",
        "(Apache: RemoveEncoding .gz; nginx: gzip off).");
  }

  /** That what changes is asked for again each time. */
  static List<Result> askedAgain(String name, HttpProbe.Answer answer) {
    Optional<Long> seconds = CacheRule.of(answer).seconds();
    if (seconds.isEmpty()) {
      return List.of(
          Result.warning(
              "web-cache-unsaid",
              name,
              "the server does not say how long caches may keep it",
              "They guess, and clients get old databases. Set Cache-Control: no-cache.",
              SNIPPET));
    }
    if (seconds.get() > 0) {
      return List.of(
          Result.warning(
              "web-cache-long",
              name,
              "caches may keep it for " + Figures.time(Duration.ofSeconds(seconds.get())),
              "Clients see a publish that much later, and a database with the signature of another.",
              "Set Cache-Control: no-cache.",
              SNIPPET));
    }
    return List.of();
  }

  /** That what never changes may be kept. */
  static List<Result> kept(String name, HttpProbe.Answer answer) {
    boolean kept = CacheRule.of(answer).seconds().orElse(0L) >= KEPT_LONG;
    return kept
        ? List.of()
        : List.of(
            Result.warning(
                "web-cache-short",
                name,
                "caches are not told that it never changes",
                "It is fetched more often than needed."
                    + " Set Cache-Control: public, max-age=31536000, immutable.",
                SNIPPET));
  }

  /** That clients can ask whether there is a newer one. */
  static List<Result> dated(String name, HttpProbe.Answer answer) {
    Optional<Instant> modified = answer.header("Last-Modified").flatMap(AnswerRules::date);
    if (modified.isEmpty()) {
      return List.of(
          Result.warning(
              "web-undated",
              name,
              "the answer has no Last-Modified",
              "Clients cannot tell whether theirs is the newest, and fetch it every time."));
    }
    Instant now = answer.header("Date").flatMap(AnswerRules::date).orElse(modified.get());
    if (modified.get().isAfter(now)) {
      return List.of(
          Result.error(
              "web-dated-later",
              name,
              "its Last-Modified, " + modified.get() + ", lies in the future",
              "Clients that have it see no later publish until then. Set the clock; touch the file."));
    }
    return List.of();
  }

  static Optional<Instant> date(String header) {
    try {
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header, Instant::from));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
