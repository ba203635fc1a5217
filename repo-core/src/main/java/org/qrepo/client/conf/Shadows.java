package org.qrepo.client.conf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.qrepo.Finding;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;

/**
 * Which packages of a repository never reach a client, because a repository before it has them too:
 * pacman takes a package from the first repository that has it, and looks no further.
 */
final class Shadows {
  private static final int SHOWN = 5;

  private final List<Offer> offers;

  /**
   * @param offers in the order of the configuration
   */
  Shadows(List<Offer> offers) {
    this.offers = List.copyOf(offers);
  }

  /** What a repository has, by the database that the client holds. */
  record Offer(ConfRepository repository, Map<PackageName, PackageVersion> packages) {
    Offer {
      packages = Map.copyOf(packages);
    }
  }

  /**
   * One finding for each pair of repositories.
   *
   * @param about only pairs that this one is part of; empty for all
   */
  List<Finding> findings(Optional<String> about) {
    List<Finding> findings = new ArrayList<>();
    for (int later = 1; later < offers.size(); later++) {
      for (int earlier = 0; earlier < later; earlier++) {
        Offer first = offers.get(earlier);
        Offer second = offers.get(later);
        if (about.isEmpty()
            || about.get().equals(first.repository().name())
            || about.get().equals(second.repository().name())) {
          compare(first, second).ifPresent(findings::add);
        }
      }
    }
    return findings;
  }

  private static Optional<Finding> compare(Offer first, Offer second) {
    List<PackageName> hidden =
        second.packages().keySet().stream().filter(first.packages()::containsKey).sorted().toList();
    if (hidden.isEmpty()) {
      return Optional.empty();
    }
    List<PackageName> newer = hidden.stream().filter(n -> isNewer(first, second, n)).toList();
    String repository = "[" + second.repository().name() + "]";
    String before = "[" + first.repository().name() + "]";
    Finding finding =
        Finding.of(
            "pacman-conf-shadowed",
            second.repository().where(),
            hidden.size()
                + (hidden.size() == 1 ? " package of " : " packages of ")
                + repository
                + " never come from it, because "
                + before
                + " stands before it and has them",
            names(hidden));
    return Optional.of(
        newer.isEmpty()
            ? finding
            : finding.and(
                "newer in " + repository + ", and yet not taken from it: " + names(newer)));
  }

  private static boolean isNewer(Offer first, Offer second, PackageName name) {
    PackageVersion here = first.packages().get(name);
    PackageVersion there = second.packages().get(name);
    return here != null && there != null && there.compareTo(here) > 0;
  }

  private static String names(List<PackageName> names) {
    String shown =
        names.stream().limit(SHOWN).map(PackageName::value).collect(Collectors.joining(", "));
    int rest = names.size() - SHOWN;
    return rest > 0 ? shown + " and " + rest + " more" : shown;
  }
}
