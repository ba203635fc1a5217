package org.qrepo.audit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Packages that are to be installed together: one of each name. */
final class Selection {
  private final Universe universe;
  private final Effort effort;
  private final List<Offer> offers = new ArrayList<>();
  private final Map<String, Offer> byName = new HashMap<>();

  Selection(Universe universe, Effort effort) {
    this.universe = universe;
    this.effort = effort;
  }

  /** In the order in which they were added. */
  List<Offer> offers() {
    return List.copyOf(offers);
  }

  int size() {
    return offers.size();
  }

  void add(Offer offer) {
    offers.add(offer);
    byName.put(offer.name().value(), offer);
  }

  void addAll(Collection<Offer> more) {
    more.forEach(this::add);
  }

  void remove(Offer offer) {
    if (contains(offer)) {
      offers.remove(offer);
      byName.remove(offer.name().value());
    }
  }

  /** Takes back what was added since there were so many. */
  void shrink(int size) {
    while (offers.size() > size) {
      Offer last = offers.remove(offers.size() - 1);
      byName.remove(last.name().value());
    }
  }

  boolean contains(Offer offer) {
    return byName.get(offer.name().value()) == offer;
  }

  boolean hasName(Offer offer) {
    return byName.containsKey(offer.name().value());
  }

  boolean satisfies(Relation relation) {
    return satisfying(relation).findFirst().isPresent();
  }

  /** Those that will do, the one of that very name first. */
  Stream<Offer> satisfying(Relation relation) {
    List<Offer> providers = universe.providing(relation.name());
    effort.spend(providers.size());
    return Stream.concat(
            Stream.ofNullable(byName.get(relation.name())),
            providers.stream().filter(this::contains))
        .filter(offer -> offer.satisfies(relation));
  }
}
