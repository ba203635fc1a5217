package org.qrepo.rpm;

import org.qrepo.Finding;

/** A package that is none, or is damaged, found while its file name is out of sight. */
final class MalformedRpmException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Finding finding;

  MalformedRpmException(String id, String reason, String... details) {
    super(reason);
    this.finding = Finding.of(id, "", reason, details);
  }

  Finding finding(String subject) {
    return new Finding(finding.id(), subject, finding.reason(), finding.details());
  }
}
