package org.qrepo.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Dependencies that upgrades take away from packages that stay as they are, where a published
 * package is one of the two. pacman then refuses the whole upgrade.
 */
final class Breakage {
  private final Universe universe;
  private final Upgrades upgrades;
  private final String published;

  Breakage(Universe universe, String published, Effort effort) {
    this.universe = universe;
    this.upgrades = new Upgrades(universe, effort);
    this.published = published;
  }

  /** Each breakage once, though several packages may lead to it. */
  List<AuditFinding> all() {
    Map<String, AuditFinding> findings = new LinkedHashMap<>();
    for (Offer offer : universe.offers()) {
      upgrades
          .of(offer)
          .ifPresent(
              move -> of(move).forEach(finding -> findings.putIfAbsent(finding.key(), finding)));
    }
    return new ArrayList<>(findings.values());
  }

  private List<AuditFinding> of(Upgrades.Move move) {
    Offer next = move.by().get(0);
    List<AuditFinding> findings = new ArrayList<>();
    for (Upgrades.Broken broken : upgrades.broken(move)) {
      if (isPublished(broken.need().by())) {
        findings.add(outrun(move, broken));
      } else if (isPublished(next)) {
        findings.add(distribution(next, move, broken));
      }
    }
    return findings;
  }

  private boolean isPublished(Offer offer) {
    return offer.repository().equals(published);
  }

  private static AuditFinding outrun(Upgrades.Move move, Upgrades.Broken broken) {
    Universe.Need need = broken.need();
    return new AuditFinding(
        Trouble.DEPENDENCY_OUTRUN,
        Severity.BREAKS,
        need.by().name(),
        need.by().version(),
        need.dependency().text(),
        "needs '"
            + need.dependency()
            + "', which "
            + move.installed()
            + " meets until -Syu brings "
            + move.by().get(0),
        List.of(broken.sentence()),
        "rebuild it against " + move.by().get(0));
  }

  private static AuditFinding distribution(Offer next, Upgrades.Move move, Upgrades.Broken broken) {
    Universe.Need need = broken.need();
    return new AuditFinding(
        Trouble.DISTRIBUTION_BROKEN,
        Severity.BREAKS,
        next.name(),
        next.version(),
        need.by().repository() + "/" + need.by().name() + " " + need.dependency(),
        "takes the place of "
            + move.installed()
            + ", on which "
            + need.by()
            + " depends: '"
            + need.dependency()
            + "'",
        List.of(broken.sentence()),
        "let it provide what the distribution's provides, rebuild "
            + need.by().name()
            + " against it and publish that too, or place the repository after the"
            + " distribution's");
  }
}
