package org.qrepo.audit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * In which order published packages are built anew: what others need, for themselves or to be
 * built, comes before them. Packages that come of the same sources are built at once.
 */
final class RebuildOrder {
  private final Map<String, List<Offer>> bases = new TreeMap<>();
  private final Map<String, Set<String>> needs = new TreeMap<>();

  /**
   * @param published all of the repository, since one that stays can stand between two others
   */
  RebuildOrder(Collection<Offer> published) {
    Map<String, Set<String>> providers = new TreeMap<>();
    for (Offer offer : published) {
      bases.computeIfAbsent(offer.base(), b -> new ArrayList<>()).add(offer);
      Stream.concat(Stream.of(offer.name().value()), offer.provides().stream().map(Relation::name))
          .forEach(n -> providers.computeIfAbsent(n, x -> new TreeSet<>()).add(offer.base()));
    }
    for (Offer offer : published) {
      Set<String> own = needs.computeIfAbsent(offer.base(), b -> new TreeSet<>());
      Stream.concat(offer.depends().stream(), offer.buildNeeds().stream())
          .forEach(need -> own.addAll(providers.getOrDefault(need.name(), Set.of())));
      own.remove(offer.base());
    }
  }

  /**
   * The order of some packages, with those that pin the exact build of one of them.
   *
   * @param broken which packages ask for it
   */
  List<Rebuild> of(Predicate<Offer> broken) {
    Set<Offer> anew = withPinned(broken);
    List<Rebuild> order = new ArrayList<>();
    for (Next next : all()) {
      List<Offer> packages = bases.getOrDefault(next.base, List.of());
      List<Offer> these = packages.stream().filter(anew::contains).toList();
      if (!these.isEmpty()) {
        order.add(new Rebuild(next.base, these.stream().map(Offer::name).toList(), next.cycle));
      }
    }
    return order;
  }

  /** A new build has a new release: who names the old one must be built anew, too. */
  private Set<Offer> withPinned(Predicate<Offer> broken) {
    List<Offer> all = bases.values().stream().flatMap(List::stream).toList();
    Set<Offer> anew = new LinkedHashSet<>(all.stream().filter(broken).toList());
    boolean more = !anew.isEmpty();
    while (more) {
      Set<String> built = new TreeSet<>();
      anew.forEach(o -> built.add(o.base()));
      List<Offer> names =
          built.stream().flatMap(b -> bases.getOrDefault(b, List.of()).stream()).toList();
      more =
          anew.addAll(
              all.stream()
                  .filter(o -> !anew.contains(o))
                  .filter(o -> names.stream().anyMatch(n -> pins(o, n)))
                  .toList());
    }
    return anew;
  }

  private static boolean pins(Offer offer, Offer other) {
    return offer.depends().stream()
        .anyMatch(
            d ->
                d.name().equals(other.name().value())
                    && d.comparison() == Relation.Comparison.EQUAL
                    && d.version().contains("-")
                    && d.accepts(other.version().value()));
  }

  /**
   * @param cycle whether something that it needs comes later
   */
  private record Next(String base, boolean cycle) {}

  /**
   * All sources: of those that need nothing more the first by name; where all do, one of those that
   * need each other.
   */
  private List<Next> all() {
    Map<String, Set<String>> open = new TreeMap<>();
    Map<String, Set<String>> needing = new TreeMap<>();
    needs.forEach((base, needed) -> open.put(base, new TreeSet<>(needed)));
    needs.forEach(
        (base, needed) ->
            needed.forEach(n -> needing.computeIfAbsent(n, x -> new TreeSet<>()).add(base)));
    NavigableSet<String> ready = new TreeSet<>();
    open.forEach((base, needed) -> addIf(needed.isEmpty(), ready, base));
    List<Next> order = new ArrayList<>();
    while (!open.isEmpty()) {
      boolean cycle = ready.isEmpty();
      String base = cycle ? needingItself(open) : ready.first();
      ready.remove(base);
      open.remove(base);
      order.add(new Next(base, cycle));
      for (String other : needing.getOrDefault(base, Set.of())) {
        Set<String> rest = open.getOrDefault(other, new TreeSet<>());
        addIf(rest.remove(base) && rest.isEmpty(), ready, other);
      }
    }
    return order;
  }

  private static void addIf(boolean wanted, Set<String> set, String base) {
    if (wanted) {
      set.add(base);
    }
  }

  /** Walks from need to need until one comes again. */
  private static String needingItself(Map<String, Set<String>> open) {
    String base = open.keySet().iterator().next();
    Set<String> walked = new LinkedHashSet<>();
    while (walked.add(base)) {
      base = open.getOrDefault(base, Set.of()).iterator().next();
    }
    return base;
  }
}
