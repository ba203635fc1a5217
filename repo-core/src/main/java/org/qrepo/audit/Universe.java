package org.qrepo.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a client's repositories offer, in the order of pacman.conf; within a repository packages
 * stand in byte order of their names, which is the order in which clients look at them.
 */
final class Universe {
  private final List<Offer> offers = new ArrayList<>();
  private final Map<String, List<Offer>> named = new HashMap<>();
  private final Map<String, List<Offer>> providing = new HashMap<>();
  private final Map<String, List<Offer>> replacing = new HashMap<>();
  private final Map<String, List<Offer>> conflicting = new HashMap<>();
  private final Map<String, List<Need>> needs = new HashMap<>();

  /** A dependency and who has it. */
  record Need(Offer by, Relation dependency) {}

  /**
   * @param repositories in the order of pacman.conf
   */
  Universe(List<SyncDatabase> repositories) {
    for (int rank = 0; rank < repositories.size(); rank++) {
      SyncDatabase repository = repositories.get(rank);
      int place = rank;
      repository.database().entries().stream()
          .map(entry -> new Offer(repository.name(), place, entry))
          .sorted(Comparator.comparing(Offer::name))
          .forEach(this::add);
    }
  }

  private void add(Offer offer) {
    offers.add(offer);
    append(named, offer.name().value(), offer);
    for (Relation provision : offer.provides()) {
      if (!provision.name().equals(offer.name().value())) {
        append(providing, provision.name(), offer);
      }
    }
    offer.replaces().forEach(r -> append(replacing, r.name(), offer));
    offer.conflicts().forEach(c -> append(conflicting, c.name(), offer));
    for (Relation dependency : offer.depends()) {
      needs
          .computeIfAbsent(dependency.name(), n -> new ArrayList<>(2))
          .add(new Need(offer, dependency));
    }
  }

  /** Each offer once, though it may speak of a name repeatedly. */
  private static void append(Map<String, List<Offer>> index, String name, Offer offer) {
    List<Offer> list = index.computeIfAbsent(name, n -> new ArrayList<>(2));
    if (list.isEmpty() || list.get(list.size() - 1) != offer) {
      list.add(offer);
    }
  }

  /** Everything. */
  List<Offer> offers() {
    return offers;
  }

  /** The packages of one repository. */
  List<Offer> of(String repository) {
    return offers.stream().filter(o -> o.repository().equals(repository)).toList();
  }

  /** The packages of that very name. */
  List<Offer> named(String name) {
    return named.getOrDefault(name, List.of());
  }

  /** Packages of other names that provide the name, in any version. */
  List<Offer> providing(String name) {
    return providing.getOrDefault(name, List.of());
  }

  /** Packages that say that they replace one of the name. */
  List<Offer> replacing(String name) {
    return replacing.getOrDefault(name, List.of());
  }

  /** Packages that say that they conflict with the name. */
  List<Offer> conflicting(String name) {
    return conflicting.getOrDefault(name, List.of());
  }

  /** Dependencies on the name. */
  List<Need> needs(String name) {
    return needs.getOrDefault(name, List.of());
  }

  /** The first that goes by the name: the package that clients think of, whatever its version. */
  Optional<Offer> first(String name) {
    return named(name).stream().findFirst().or(() -> providing(name).stream().findFirst());
  }

  /** Whether anything will do. */
  boolean canMeet(Relation relation) {
    return named(relation.name()).stream().anyMatch(o -> o.isMeant(relation))
        || providing(relation.name()).stream().anyMatch(o -> o.satisfies(relation));
  }
}
