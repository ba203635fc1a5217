package org.qrepo.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.qrepo.audit.Resolver.Resolution;

/** Whether a package can be installed on an empty system, and why not. */
final class Installability {
  private static final int CAUSES = 5;

  private final Universe universe;
  private final String published;
  private final Effort effort;

  Installability(Universe universe, String published, Effort effort) {
    this.universe = universe;
    this.published = published;
    this.effort = effort;
  }

  /** What is wrong with a published package; each dependency once. */
  List<AuditFinding> of(Offer offer) {
    Resolution resolution = Resolver.resolve(universe, offer, effort);
    Map<String, AuditFinding> findings = new LinkedHashMap<>();
    for (Relation dependency : failed(offer, resolution)) {
      findings.computeIfAbsent(
          dependency.text(), text -> unsatisfied(offer, dependency, resolution));
    }
    if (resolution.succeeds()) {
      for (Relation dependency : offer.depends()) {
        outrun(offer, dependency)
            .ifPresent(finding -> findings.putIfAbsent(dependency.text(), finding));
      }
      conflict(offer, resolution).ifPresent(finding -> findings.put("", finding));
      findings.putAll(declared(offer, resolution));
    }
    return List.copyOf(findings.values());
  }

  private static List<Relation> failed(Offer offer, Resolution resolution) {
    return resolution.missing().stream()
        .filter(m -> m.requiredBy() == offer)
        .map(Missing::dependency)
        .toList();
  }

  private AuditFinding unsatisfied(Offer offer, Relation dependency, Resolution resolution) {
    if (!universe.canMeet(dependency)) {
      return universe
          .first(dependency.name())
          .map(first -> unmet(offer, dependency, first))
          .orElseGet(() -> missing(offer, dependency));
    }
    List<Missing> causes =
        leadingTo(dependency, offer, resolution).stream()
            .filter(m -> !universe.canMeet(m.dependency()))
            .toList();
    return causes.isEmpty() ? order(offer, dependency) : broken(offer, dependency, causes);
  }

  /** What stands before a dependency of the package is why it cannot be satisfied. */
  private static List<Missing> leadingTo(Relation dependency, Offer offer, Resolution resolution) {
    List<Missing> causes = new ArrayList<>();
    for (Missing missing : resolution.missing()) {
      if (missing.requiredBy() != offer) {
        causes.add(missing);
      } else if (missing.dependency().equals(dependency)) {
        return causes;
      } else {
        causes.clear();
      }
    }
    return List.of();
  }

  private AuditFinding unmet(Offer offer, Relation dependency, Offer first) {
    List<String> sentences = new ArrayList<>();
    Missing missing = new Missing(dependency, offer);
    if (isOutrun(dependency, first)) {
      sentences.add(Upgrades.breaking(first, missing));
    }
    sentences.add(missing.sentence());
    return finding(
        dependency.isSoname() ? Trouble.DEPENDENCY_SONAME : Trouble.DEPENDENCY_BOUND,
        Severity.BREAKS,
        offer,
        dependency,
        "needs '" + dependency + "', but there is only " + versions(dependency, first),
        sentences,
        "rebuild it against " + first + (dependency.isSoname() ? "" : ", or mend the bound"));
  }

  private static AuditFinding missing(Offer offer, Relation dependency) {
    return finding(
        Trouble.DEPENDENCY_MISSING,
        Severity.BREAKS,
        offer,
        dependency,
        "needs '" + dependency + "', and nothing is or provides that",
        List.of(new Missing(dependency, offer).sentence()),
        "publish what it needs too, build it without, or name all the databases that clients have");
  }

  private static AuditFinding broken(Offer offer, Relation dependency, List<Missing> causes) {
    List<String> sentences =
        Stream.concat(causes.stream(), Stream.of(new Missing(dependency, offer)))
            .map(Missing::sentence)
            .distinct()
            .limit(CAUSES)
            .toList();
    return finding(
        Trouble.DEPENDENCY_BROKEN,
        Severity.BREAKS,
        offer,
        dependency,
        "needs '" + dependency + "', which cannot be installed itself",
        sentences,
        "mend " + causes.get(0).requiredBy() + " first");
  }

  private AuditFinding order(Offer offer, Relation dependency) {
    return finding(
        Trouble.DEPENDENCY_ORDER,
        Severity.BREAKS,
        offer,
        dependency,
        "needs '"
            + dependency
            + "', but pacman settles on another choice before it comes to that"
            + universe.first(dependency.name()).map(o -> ": " + o).orElse(""),
        List.of(new Missing(dependency, offer).sentence()),
        "name the dependency with the tighter bound first, or place the repository elsewhere");
  }

  /** Something else would do, but who had the first of that name from before cannot upgrade it. */
  private Optional<AuditFinding> outrun(Offer offer, Relation dependency) {
    return universe
        .first(dependency.name())
        .filter(first -> !first.repository().equals(published))
        .filter(first -> !first.satisfies(dependency) && isOutrun(dependency, first))
        .filter(first -> !offer.satisfies(dependency))
        .map(
            first ->
                finding(
                    Trouble.DEPENDENCY_OUTRUN,
                    Severity.WARNS,
                    offer,
                    dependency,
                    "needs '"
                        + dependency
                        + "', which "
                        + versions(dependency, first)
                        + " no longer meets for those who have it from before",
                    List.of(Upgrades.breaking(first, new Missing(dependency, offer))),
                    "rebuild it against " + first));
  }

  private static boolean isOutrun(Relation dependency, Offer first) {
    return first
        .versionsOf(dependency.name())
        .anyMatch(v -> v.isEmpty() || dependency.isOutrunBy(v));
  }

  /** {@code extra/foo 2.0-1}, and as what, if that is another name. */
  private static String versions(Relation dependency, Offer first) {
    if (first.name().value().equals(dependency.name())) {
      return first.toString();
    }
    String provided =
        first
            .versionsOf(dependency.name())
            .map(v -> v.isEmpty() ? dependency.name() : dependency.name() + "=" + v)
            .findFirst()
            .orElse(dependency.name());
    return first + " with '" + provided + "'";
  }

  private Optional<AuditFinding> conflict(Offer offer, Resolution resolution) {
    Conflicts.Outcome outcome = Conflicts.settle(universe, resolution.offers(), effort);
    if (outcome.clash().isPresent()) {
      Conflicts.Clash clash = outcome.clash().get();
      return Optional.of(
          conflict(
              offer,
              clash.one() + " conflicts with " + clash.other() + ", and it needs both",
              List.of(clash.sentence())));
    }
    if (!outcome.missing().isEmpty()) {
      return Optional.of(
          conflict(
              offer,
              outcome.dropped().get(0).by()
                  + " pushes out "
                  + outcome.dropped().get(0).offer()
                  + ", which is needed",
              Stream.concat(
                      outcome.dropped().stream().map(Conflicts.Dropped::sentence),
                      outcome.missing().stream().map(Missing::sentence))
                  .limit(CAUSES)
                  .toList()));
    }
    return outcome.dropped().stream()
        .filter(d -> d.offer() == offer)
        .findFirst()
        .map(d -> conflict(offer, d.by() + " pushes it out", List.of(d.sentence())));
  }

  private static AuditFinding conflict(Offer offer, String reason, List<String> sentences) {
    return new AuditFinding(
        Trouble.CONFLICT,
        Severity.BREAKS,
        offer.name(),
        offer.version(),
        "",
        reason,
        sentences,
        "take the conflict or the dependency out of the package that has it");
  }

  /** Packages of the distribution that would push this one out, which knows nothing of it. */
  private Map<String, AuditFinding> declared(Offer offer, Resolution resolution) {
    Map<String, AuditFinding> findings = new LinkedHashMap<>();
    for (Offer other : universe.conflicting(offer.name().value())) {
      boolean foreign = !other.repository().equals(published) && !other.name().equals(offer.name());
      if (foreign
          && other.conflicts().stream().anyMatch(offer::isMeant)
          && offer.conflicts().stream().noneMatch(other::satisfies)
          && !resolution.offers().contains(other)) {
        findings.put(other.toString(), declared(offer, other));
      }
    }
    return findings;
  }

  private static AuditFinding declared(Offer offer, Offer other) {
    return new AuditFinding(
        Trouble.CONFLICT_DECLARED,
        Severity.WARNS,
        offer.name(),
        offer.version(),
        other.repository() + "/" + other.name(),
        other + " conflicts with it: who has both must let one go, or cannot upgrade",
        List.of(
            ":: %s and %s are in conflict. Remove %s? [y/N]"
                .formatted(other.name(), offer.name(), offer.name())),
        "say so in your package too (conflicts), or give it another name");
  }

  private static AuditFinding finding(
      Trouble trouble,
      Severity severity,
      Offer offer,
      Relation dependency,
      String reason,
      List<String> sentences,
      String remedy) {
    return new AuditFinding(
        trouble,
        severity,
        offer.name(),
        offer.version(),
        dependency.text(),
        reason,
        sentences,
        remedy);
  }
}
