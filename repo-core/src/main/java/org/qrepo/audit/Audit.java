package org.qrepo.audit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.qrepo.alpm.Architecture;

/**
 * Compares a published repository with the databases that a distribution has now, by the rules of
 * libalpm as pacman 6.0.2 keeps them. What is judged is the state of a client that has just fetched
 * all databases: installing each published package on an empty system, and upgrading it where it is
 * installed.
 *
 * @param published the repository that is audited
 * @param distribution the others, in the order of pacman.conf
 * @param architecture of the clients
 */
public record Audit(
    SyncDatabase published, List<SyncDatabase> distribution, Architecture architecture) {

  /**
   * @throws IllegalArgumentException if two repositories have the same name, which no pacman.conf
   *     can hold
   */
  public Audit {
    distribution = List.copyOf(distribution);
    Set<String> names = new HashSet<>(Set.of(published.name()));
    for (SyncDatabase one : distribution) {
      if (!names.add(one.name())) {
        throw new IllegalArgumentException("there are two repositories '" + one.name() + "'");
      }
    }
  }

  /**
   * Audits the repository in one place, and says what the other place would change.
   *
   * @throws org.qrepo.RefusedException if the databases lead from package to package without end
   */
  public AuditReport run(Priority priority) {
    Universe universe = universe(priority);
    List<AuditFinding> findings = findings(universe);
    List<AuditFinding> others = findings(universe(priority.other()));
    return new AuditReport(
        published.name(),
        priority,
        repositories(priority).stream().map(SyncDatabase::name).toList(),
        published.database().size(),
        findings,
        rebuilds(universe, findings),
        new AuditReport.Elsewhere(
            priority.other(), without(findings, others), without(others, findings)));
  }

  Universe universe(Priority priority) {
    return new Universe(repositories(priority));
  }

  /** All repositories, as pacman.conf has them. */
  List<SyncDatabase> repositories(Priority priority) {
    List<SyncDatabase> all = new ArrayList<>(distribution);
    all.add(priority == Priority.OVERRIDE ? 0 : all.size(), published);
    return all;
  }

  private List<AuditFinding> findings(Universe universe) {
    Inspection inspection = new Inspection(universe, published.name(), architecture);
    return inspection.run();
  }

  private List<Rebuild> rebuilds(Universe universe, List<AuditFinding> findings) {
    Set<String> broken =
        findings.stream()
            .filter(f -> f.trouble().asksForRebuild() && f.breaks())
            .map(f -> f.name().value())
            .collect(Collectors.toSet());
    return new RebuildOrder(universe.of(published.name()))
        .of(offer -> broken.contains(offer.name().value()));
  }

  private static List<AuditFinding> without(
      List<AuditFinding> findings, List<AuditFinding> others) {
    Set<String> keys = others.stream().map(AuditFinding::key).collect(Collectors.toSet());
    return findings.stream().filter(f -> !keys.contains(f.key())).toList();
  }
}
