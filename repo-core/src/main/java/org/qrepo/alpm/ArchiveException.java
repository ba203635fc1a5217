package org.qrepo.alpm;

import java.io.IOException;
import java.util.List;
import org.qrepo.Finding;

/** An archive that is not fit to be a package. The file it came from is not known here. */
final class ArchiveException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String id;
  private final transient List<String> details;

  ArchiveException(String id, String reason, String... details) {
    super(reason);
    this.id = id;
    this.details = List.of(details);
  }

  Finding finding(String subject) {
    return new Finding(id, subject, String.valueOf(getMessage()), details);
  }
}
