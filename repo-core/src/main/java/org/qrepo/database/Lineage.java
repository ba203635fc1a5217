package org.qrepo.database;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Sha256;

/**
 * Where a generation of a repository comes from. It stands in the {@code comment} of a pax global
 * header at the very start of {@code NAME.db}, in one line that the database signature covers and
 * that clients read past:
 *
 * <pre>qrepo/1 repository=NAME seq=N parent=HEX-or-- files=HEX time=2026-11-21T10:00:00Z</pre>
 *
 * The five keys stand in this order, parted by single spaces. Later versions of qrepo may add
 * further {@code key=value} words at the end; a change of meaning raises the number after {@code
 * qrepo/}.
 *
 * @param repository the repository that the database belongs to: 1 to 128 ASCII letters, digits and
 *     {@code @ . _ + -}, not starting with {@code -} or {@code .}
 * @param seq counts the generations of a repository, from 0 to 10<sup>15</sup>
 * @param parent digest of the {@code NAME.db} before this one; empty for the first
 * @param files digest of the {@code NAME.files} that belongs to this database
 * @param time when the generation was made, UTC, years 1970 to 9999, cut to whole seconds
 */
public record Lineage(
    String repository, long seq, Optional<Sha256> parent, Sha256 files, Instant time) {
  /** The longest comment that is taken for a lineage, in characters. */
  static final int MAX_LENGTH = 1024;

  private static final long MAX_SEQ = 1_000_000_000_000_000L;
  private static final String OURS = "qrepo/";
  private static final Pattern REPOSITORY =
      Pattern.compile("[A-Za-z0-9@_+][A-Za-z0-9@._+-]{0,127}");
  private static final Pattern MAJOR = Pattern.compile("qrepo/([1-9][0-9]{0,8})(?: .*)?");
  private static final Pattern FORM =
      Pattern.compile(
          "qrepo/1 repository=(?<repository>[^ ]+) seq=(?<seq>0|[1-9][0-9]{0,14})"
              + " parent=(?<parent>-|[0-9a-f]{64}) files=(?<files>[0-9a-f]{64})"
              + " time=(?<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)"
              + "(?: [a-z][a-z0-9-]*=[!-~]+)*");
  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59Z");

  public Lineage {
    time = time.truncatedTo(ChronoUnit.SECONDS);
    if (!REPOSITORY.matcher(repository).matches()) {
      throw new IllegalArgumentException("'" + repository + "' is not a repository name");
    }
    if (seq < 0 || seq > MAX_SEQ) {
      throw new IllegalArgumentException("a generation cannot have the number " + seq);
    }
    if (time.isBefore(Instant.EPOCH) || time.isAfter(END_OF_TIME)) {
      throw new IllegalArgumentException("a lineage cannot hold the time " + time);
    }
  }

  /** The line as it stands in the database. */
  public String format() {
    return "qrepo/1 repository="
        + repository
        + " seq="
        + seq
        + " parent="
        + parent.map(Sha256::hex).orElse("-")
        + " files="
        + files.hex()
        + " time="
        + time;
  }

  /**
   * Reads the comment of a database.
   *
   * @return empty if the comment is not qrepo's
   * @throws RefusedException {@code lineage-malformed} or {@code lineage-version}
   */
  public static Optional<Lineage> parse(String comment) {
    return parse(comment, "lineage");
  }

  /**
   * As {@link #parse(String)}.
   *
   * @param subject what findings call the database
   */
  public static Optional<Lineage> parse(String comment, String subject) {
    if (!comment.startsWith(OURS)) {
      return Optional.empty();
    }
    if (comment.length() > MAX_LENGTH) {
      throw malformed(subject, "is longer than " + MAX_LENGTH + " characters");
    }
    Matcher major = MAJOR.matcher(comment);
    if (major.matches() && !major.group(1).equals("1")) {
      throw newer(subject, major.group(1));
    }
    Matcher line = FORM.matcher(comment);
    if (!line.matches()) {
      throw malformed(
          subject, "does not have the form 'qrepo/1 repository= seq= parent= files= time='");
    }
    try {
      return Optional.of(read(line));
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw malformed(subject, "holds an impossible value: " + e.getMessage());
    }
  }

  private static Lineage read(Matcher line) {
    String parent = line.group("parent");
    return new Lineage(
        line.group("repository"),
        Long.parseLong(line.group("seq")),
        parent.equals("-") ? Optional.empty() : Optional.of(new Sha256(parent)),
        new Sha256(line.group("files")),
        Instant.parse(line.group("time")));
  }

  private static RefusedException malformed(String subject, String reason) {
    return new RefusedException(
        Finding.of(
            "lineage-malformed",
            subject,
            "the lineage in the database " + reason,
            "pacman reads past it, but qrepo cannot tell which generation this is",
            "restore the last good generation, or adopt the repository anew"));
  }

  private static RefusedException newer(String subject, String major) {
    return new RefusedException(
        Finding.of(
            "lineage-version",
            subject,
            "the database was published by a newer qrepo (lineage version "
                + major
                + ", known is 1)",
            "update qrepo on this machine before publishing to this repository"));
  }
}
