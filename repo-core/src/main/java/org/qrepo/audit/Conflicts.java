package org.qrepo.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What pacman makes of conflicts among packages that are to be installed together: one that
 * provides the other's name pushes it out; otherwise nothing is installed. Learned from pacman
 * 6.0.2.
 */
final class Conflicts {
  private Conflicts() {}

  /** Two packages that cannot be installed together, the first because it says so. */
  record Clash(Offer one, Offer other, Relation conflict) {
    /** What pacman prints. */
    String sentence() {
      boolean bound = conflict.comparison() != Relation.Comparison.ANY;
      return ":: "
          + one.name()
          + " and "
          + other.name()
          + " are in conflict"
          + (bound ? " (" + conflict + ")" : "");
    }
  }

  /** One that is pushed out by another. */
  record Dropped(Offer offer, Offer by) {
    /** What pacman prints. */
    String sentence() {
      return "warning: removing '%s' from target list because it conflicts with '%s'"
          .formatted(offer.name(), by.name());
    }
  }

  /**
   * How it ends.
   *
   * @param clash why nothing is installed
   * @param missing dependencies that are lost with what was pushed out
   */
  record Outcome(
      List<Offer> installed, Optional<Clash> clash, List<Dropped> dropped, List<Missing> missing) {
    Outcome {
      installed = List.copyOf(installed);
      dropped = List.copyOf(dropped);
      missing = List.copyOf(missing);
    }

    boolean succeeds() {
      return clash.isEmpty() && missing.isEmpty();
    }
  }

  /** Settles the conflicts among packages. */
  static Outcome settle(Universe universe, List<Offer> offers, Effort effort) {
    Selection all = new Selection(universe, effort);
    all.addAll(offers);
    List<Clash> clashes = clashes(all);
    List<Dropped> dropped = new ArrayList<>();
    for (Clash clash : clashes) {
      if (!all.contains(clash.one) || !all.contains(clash.other)) {
        continue;
      }
      Optional<Dropped> weaker = weaker(clash);
      if (weaker.isEmpty()) {
        return new Outcome(List.of(), Optional.of(clash), dropped, List.of());
      }
      dropped.add(weaker.get());
      all.remove(weaker.get().offer());
    }
    return new Outcome(all.offers(), Optional.empty(), dropped, lost(all, dropped));
  }

  private static List<Clash> clashes(Selection all) {
    List<Clash> clashes = new ArrayList<>();
    List<Offer> order = all.offers();
    for (Offer one : order) {
      for (Relation conflict : one.conflicts()) {
        List<Offer> others = all.satisfying(conflict).filter(other -> other != one).toList();
        others.stream()
            .sorted(Comparator.comparingInt(order::indexOf))
            .forEach(other -> clashes.add(new Clash(one, other, conflict)));
      }
    }
    return clashes;
  }

  private static Optional<Dropped> weaker(Clash clash) {
    if (clash.one.goesBy(clash.other.name().value())) {
      return Optional.of(new Dropped(clash.other, clash.one));
    }
    return clash.other.goesBy(clash.one.name().value())
        ? Optional.of(new Dropped(clash.one, clash.other))
        : Optional.empty();
  }

  private static List<Missing> lost(Selection rest, List<Dropped> dropped) {
    List<Missing> lost = new ArrayList<>();
    if (!dropped.isEmpty()) {
      for (Offer offer : rest.offers()) {
        for (Relation dependency : offer.depends()) {
          if (!rest.satisfies(dependency)) {
            lost.add(new Missing(dependency, offer));
          }
        }
      }
    }
    return lost;
  }
}
