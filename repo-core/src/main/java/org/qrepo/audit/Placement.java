package org.qrepo.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What other repositories do to a package by having its name, or by replacing it. */
final class Placement {
  private static final int NAMED = 5;

  private final Universe universe;
  private final Upgrades upgrades;
  private final String published;

  Placement(Universe universe, String published, Effort effort) {
    this.universe = universe;
    this.upgrades = new Upgrades(universe, effort);
    this.published = published;
  }

  List<AuditFinding> of(Offer offer) {
    List<AuditFinding> findings = new ArrayList<>();
    Optional<Upgrades.Move> move =
        upgrades.of(offer).filter(m -> !m.by().get(0).repository().equals(published));
    if (move.isPresent()) {
      Offer next = move.get().by().get(0);
      findings.add(move.get().replaces() ? replaced(offer, move.get()) : outdated(offer, next));
    }
    Offer first = universe.named(offer.name().value()).get(0);
    if (first != offer && move.filter(m -> !m.replaces()).isEmpty()) {
      findings.add(shadowed(offer, first));
    }
    if (first == offer) {
      newest(offer).ifPresent(newer -> findings.add(behind(offer, newer)));
    }
    return findings;
  }

  private AuditFinding replaced(Offer offer, Upgrades.Move move) {
    List<String> questions =
        move.by().stream()
            .map(
                by ->
                    ":: Replace %s with %s/%s? [Y/n]"
                        .formatted(offer.name(), by.repository(), by.name()))
            .toList();
    return finding(
        Trouble.PACKAGE_REPLACED,
        Severity.BREAKS,
        offer,
        move.by().get(0),
        move.by().stream().map(Offer::toString).collect(Collectors.joining(", "))
            + " replaces it: -Syu takes it away",
        questions,
        "publish it under a name or in a version that is not replaced, or let it go; a repository"
            + " before the distribution's is not affected");
  }

  private static AuditFinding outdated(Offer offer, Offer newer) {
    return finding(
        Trouble.PACKAGE_OUTDATED,
        Severity.BREAKS,
        offer,
        newer,
        newer + " is newer and comes first: -Syu takes it in place of yours",
        List.of("Packages (1) " + newer.name() + "-" + newer.version()),
        "publish a newer version, or place the repository before the distribution's");
  }

  private static AuditFinding shadowed(Offer offer, Offer first) {
    boolean same = first.version().compareTo(offer.version()) == 0;
    return finding(
        Trouble.PACKAGE_SHADOWED,
        Severity.WARNS,
        offer,
        first,
        first
            + " comes first: -S installs that, and yours only as "
            + offer.repository()
            + "/"
            + offer.name(),
        same
            ? List.of()
            : List.of(
                "warning: %s: local (%s) is newer than %s (%s)"
                    .formatted(offer.name(), offer.version(), first.repository(), first.version())),
        "give it a name of its own that provides this one, or place the repository before the"
            + " distribution's");
  }

  private Optional<Offer> newest(Offer offer) {
    return universe.named(offer.name().value()).stream()
        .filter(other -> other.version().compareTo(offer.version()) > 0)
        .max((a, b) -> a.version().compareTo(b.version()));
  }

  private AuditFinding behind(Offer offer, Offer newer) {
    List<String> asking = asking(offer, newer);
    return finding(
        Trouble.PACKAGE_BEHIND,
        Severity.WARNS,
        offer,
        newer,
        "clients stay with it, though " + newer + " is newer",
        List.of(),
        asking.isEmpty()
            ? "publish the newer version, or remove yours"
            : "publish the newer version, or remove yours: "
                + String.join(", ", asking)
                + " need more than yours, and pull in the distribution's");
  }

  /** Packages of the distribution for which the newer one will do and ours will not. */
  private List<String> asking(Offer offer, Offer newer) {
    return universe.needs(offer.name().value()).stream()
        .filter(n -> newer.satisfies(n.dependency()) && !offer.satisfies(n.dependency()))
        .map(n -> n.by().name() + " (" + n.dependency() + ")")
        .distinct()
        .limit(NAMED)
        .toList();
  }

  private static AuditFinding finding(
      Trouble trouble,
      Severity severity,
      Offer offer,
      Offer other,
      String reason,
      List<String> sentences,
      String remedy) {
    return new AuditFinding(
        trouble,
        severity,
        offer.name(),
        offer.version(),
        other.repository() + "/" + other.name(),
        reason,
        sentences,
        remedy);
  }
}
