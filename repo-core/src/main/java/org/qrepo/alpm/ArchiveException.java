package org.qrepo.alpm;

import java.io.IOException;
import java.util.List;
import org.qrepo.Finding;
import org.qrepo.tar.TarException;

/** An archive that is not fit to be a package. The file it came from is not known here. */
final class ArchiveException extends IOException {
  static final String DAMAGED = "package-damaged";
  static final String TRUNCATED = "package-truncated";
  static final String TOO_LARGE = "package-too-large";
  private static final long serialVersionUID = 1L;

  private final String id;
  private final transient List<String> details;

  ArchiveException(String id, String reason, String... details) {
    super(reason);
    this.id = id;
    this.details = List.of(details);
  }

  /** What it means for a package that its archive is none. */
  static ArchiveException of(TarException e) {
    String reason = String.valueOf(e.getMessage());
    return switch (e.kind()) {
      case NOT_TAR ->
          new ArchiveException(
              "package-format", "is not a package: what it holds is not a tar archive");
      case EMPTY, TRUNCATED ->
          new ArchiveException(
              TRUNCATED, "archive is cut short", "build or copy the package again");
      case LONG_NAME, EXTENDED_HEADER, TOO_LARGE -> new ArchiveException(TOO_LARGE, reason);
      case PADDING ->
          new ArchiveException(TOO_LARGE, "more than 1 MiB of zeros follow the archive");
      case CONFLICT -> new ArchiveException(DAMAGED, reason, "tools differ in which they believe");
      case GLOBAL ->
          new ArchiveException(DAMAGED, reason, "tools differ in whether they believe it");
      case CONTENT -> new ArchiveException(DAMAGED, reason, "tools differ in how they read this");
      case CHECKSUM, NUMBER, NAME, ENCODING, RECORDS, DANGLING, TRAILING ->
          new ArchiveException(DAMAGED, reason);
    };
  }

  Finding finding(String subject) {
    return new Finding(id, subject, String.valueOf(getMessage()), details);
  }
}
