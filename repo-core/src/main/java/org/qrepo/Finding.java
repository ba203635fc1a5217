package org.qrepo;

import java.util.List;
import java.util.stream.Stream;

/**
 * One thing that is wrong with something qrepo was given.
 *
 * @param id stable kebab-case name of the kind of finding, for scripts: {@code package-truncated}
 * @param subject what it is about: a file name, with {@code :line} where there is one, or a key
 * @param reason what is wrong, one line, lower case, no full stop
 * @param details further lines: what was expected, what clients would do, how to mend it
 */
public record Finding(String id, String subject, String reason, List<String> details) {
  public Finding {
    details = List.copyOf(details);
  }

  public static Finding of(String id, String subject, String reason, String... details) {
    return new Finding(id, subject, reason, List.of(details));
  }

  /** The same with further lines. */
  public Finding and(String... more) {
    return new Finding(
        id, subject, reason, Stream.concat(details.stream(), Stream.of(more)).toList());
  }

  /** The first line that a person reads: {@code subject: reason}. */
  public String headline() {
    return subject + ": " + reason;
  }
}
