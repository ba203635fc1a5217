package org.qrepo.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.qrepo.alpm.Architecture;

/** Looks at every published package in one order of repositories. */
final class Inspection {
  private final Universe universe;
  private final String published;
  private final Architecture architecture;
  private final Effort effort = new Effort();

  /**
   * @param published the name of the repository that is audited
   * @param architecture of the clients
   */
  Inspection(Universe universe, String published, Architecture architecture) {
    this.universe = universe;
    this.published = published;
    this.architecture = architecture;
  }

  /** What is wrong, by package and kind. */
  List<AuditFinding> run() {
    List<AuditFinding> findings = new ArrayList<>();
    Placement placement = new Placement(universe, published, effort);
    Installability installability = new Installability(universe, published, effort);
    for (Offer offer : universe.of(published)) {
      findings.addAll(architecture(offer));
      findings.addAll(placement.of(offer));
      findings.addAll(installability.of(offer));
    }
    findings.addAll(new Breakage(universe, published, effort).all());
    removeSurpassed(findings);
    findings.sort(
        Comparator.comparing(AuditFinding::name)
            .thenComparing(AuditFinding::severity)
            .thenComparing(AuditFinding::trouble)
            .thenComparing(AuditFinding::about));
    return findings;
  }

  /** A warning says nothing beside the same thing that breaks. */
  private static void removeSurpassed(List<AuditFinding> findings) {
    Set<String> breaking =
        findings.stream()
            .filter(AuditFinding::breaks)
            .map(Inspection::matter)
            .collect(Collectors.toSet());
    findings.removeIf(f -> !f.breaks() && breaking.contains(matter(f)));
  }

  private static String matter(AuditFinding finding) {
    return finding.trouble() + " " + finding.name() + " " + finding.about();
  }

  private List<AuditFinding> architecture(Offer offer) {
    return offer
        .architecture()
        .filter(a -> !a.equals(Architecture.ANY.value()) && !a.equals(architecture.value()))
        .map(
            a ->
                new AuditFinding(
                    Trouble.PACKAGE_ARCHITECTURE,
                    Severity.BREAKS,
                    offer.name(),
                    offer.version(),
                    a,
                    "is for " + a + ", clients are " + architecture,
                    List.of(
                        ":: package "
                            + offer.name()
                            + "-"
                            + offer.version()
                            + "-"
                            + a
                            + " does not have a valid architecture"),
                    "build it for " + architecture + ", or publish it where such clients look"))
        .stream()
        .toList();
  }
}
