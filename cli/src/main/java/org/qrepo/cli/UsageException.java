package org.qrepo.cli;

import org.qrepo.Finding;

/** The command cannot be carried out as it was given. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Finding finding;

  /**
   * @param message one line, lower case, no full stop
   * @param details how to say it right
   */
  public UsageException(String message, String... details) {
    super(message);
    this.finding = Finding.of("usage", "", message, details);
  }

  public Finding finding() {
    return finding;
  }
}
