package org.qrepo.audit;

import java.util.List;

/**
 * What an audit found.
 *
 * @param repository the published one
 * @param order the repositories in the order in which clients have them
 * @param packages how many are published
 * @param findings by package, in byte order of the names; for each package in the order of {@link
 *     Trouble}
 * @param rebuilds in the order in which to build them
 * @param elsewhere what the other place in pacman.conf would change
 */
public record AuditReport(
    String repository,
    Priority priority,
    List<String> order,
    int packages,
    List<AuditFinding> findings,
    List<Rebuild> rebuilds,
    Elsewhere elsewhere) {
  public AuditReport {
    order = List.copyOf(order);
    findings = List.copyOf(findings);
    rebuilds = List.copyOf(rebuilds);
  }

  /**
   * The same repository in the other place.
   *
   * @param gone findings that it would not have
   * @param added findings that it would have instead
   */
  public record Elsewhere(Priority priority, List<AuditFinding> gone, List<AuditFinding> added) {
    public Elsewhere {
      gone = List.copyOf(gone);
      added = List.copyOf(added);
    }
  }

  /** Whether anything breaks for users. */
  public boolean breaks() {
    return findings.stream().anyMatch(AuditFinding::breaks);
  }

  /** How many packages break. */
  public long broken() {
    return findings.stream()
        .filter(AuditFinding::breaks)
        .map(AuditFinding::name)
        .distinct()
        .count();
  }
}
