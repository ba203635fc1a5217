package org.qrepo.client.conf;

import org.qrepo.Finding;

/** The place where pacman stops reading. */
final class Stop extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Finding finding;

  Stop(Finding finding) {
    super(finding.headline());
    this.finding = finding;
  }

  Finding finding() {
    return finding;
  }
}
