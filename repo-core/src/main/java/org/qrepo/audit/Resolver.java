package org.qrepo.audit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds what {@code pacman -S repository/package} would install on an empty system. Learned from
 * what pacman 6.0.2 does, which the tests run beside it:
 *
 * <ul>
 *   <li>Dependencies are settled one after the other, each with all of its own, in the order of the
 *       database. What was chosen stays chosen: nothing is tried again with another choice.
 *   <li>A package of the very name comes first, from the first repository whose version will do;
 *       only then one that provides it: one of a name that is installed, or else from the first
 *       repository, the first by name.
 *   <li>A package whose name is chosen already is never chosen from another repository.
 *   <li>A package may satisfy a dependency of its own.
 *   <li>When a package cannot be had, all that was chosen for it is given back.
 * </ul>
 *
 * <p>It walks without recursion, since a stranger sizes the chain of dependencies.
 */
final class Resolver {
  private final Universe universe;
  private final Client client;
  private final Effort effort;
  private final Selection chosen;
  private final List<Missing> missing = new ArrayList<>();
  private final Deque<Visit> path = new ArrayDeque<>();

  private Resolver(Universe universe, Client client, Effort effort) {
    this.universe = universe;
    this.client = client;
    this.effort = effort;
    this.chosen = new Selection(universe, effort);
  }

  /**
   * What a client would install.
   *
   * @param offers the package and its dependencies, the package first; empty if it cannot be had
   * @param missing why it cannot, as pacman lists it: causes before what follows from them
   */
  record Resolution(List<Offer> offers, List<Missing> missing) {
    Resolution {
      offers = List.copyOf(offers);
      missing = List.copyOf(missing);
    }

    boolean succeeds() {
      return missing.isEmpty();
    }
  }

  /**
   * What is on the client before.
   *
   * @param staying satisfies dependencies
   * @param leaving is upgraded or replaced
   */
  record Client(List<Offer> staying, List<Offer> leaving) {
    static final Client EMPTY = new Client(List.of(), List.of());

    private boolean has(Offer offer) {
      return Stream.concat(staying.stream(), leaving.stream())
          .anyMatch(one -> one.name().equals(offer.name()));
    }
  }

  static Resolution resolve(Universe universe, Offer target, Effort effort) {
    return resolve(universe, target, Client.EMPTY, effort);
  }

  static Resolution resolve(Universe universe, Offer target, Client client, Effort effort) {
    Resolver resolver = new Resolver(universe, client, effort);
    resolver.walk(target);
    return new Resolution(resolver.chosen.offers(), resolver.missing);
  }

  private void walk(Offer target) {
    enter(target);
    while (!path.isEmpty()) {
      Visit visit = path.element();
      if (visit.rest.hasNext()) {
        settle(visit, visit.rest.next());
      } else {
        leave(path.remove());
      }
    }
  }

  private void enter(Offer offer) {
    path.push(new Visit(offer, chosen.size()));
    chosen.add(offer);
  }

  private void settle(Visit visit, Relation dependency) {
    if (visit.offer.satisfies(dependency)
        || client.staying.stream().anyMatch(offer -> offer.satisfies(dependency))
        || chosen.satisfies(dependency)) {
      return;
    }
    Optional<Offer> choice = choose(dependency);
    if (choice.isPresent()) {
      visit.pending = dependency;
      enter(choice.get());
    } else {
      fail(visit, dependency);
    }
  }

  private Optional<Offer> choose(Relation dependency) {
    List<Offer> named = universe.named(dependency.name());
    List<Offer> providing = universe.providing(dependency.name());
    effort.spend(named.size() + providing.size());
    return named.stream()
        .filter(offer -> offer.isMeant(dependency) && !chosen.hasName(offer))
        .findFirst()
        .or(
            () ->
                preferred(
                    providing.stream()
                        .filter(offer -> offer.satisfies(dependency) && !chosen.hasName(offer))
                        .toList()));
  }

  private Optional<Offer> preferred(List<Offer> providers) {
    return providers.stream()
        .filter(client::has)
        .findFirst()
        .or(() -> providers.stream().findFirst());
  }

  private void leave(Visit visit) {
    if (visit.failed) {
      chosen.shrink(visit.before);
      if (!path.isEmpty()) {
        fail(path.element(), path.element().pending);
      }
    }
  }

  private void fail(Visit visit, Relation dependency) {
    effort.fail();
    visit.failed = true;
    missing.add(new Missing(dependency, visit.offer));
  }

  /** A package whose dependencies are being settled. */
  private static final class Visit {
    final Offer offer;
    final int before;
    final Iterator<Relation> rest;
    Relation pending = Relation.parse("");
    boolean failed;

    /**
     * @param before how many packages were chosen before this one
     */
    Visit(Offer offer, int before) {
      this.offer = offer;
      this.before = before;
      this.rest = offer.depends().iterator();
    }
  }
}
