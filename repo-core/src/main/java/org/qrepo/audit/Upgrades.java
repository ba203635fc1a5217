package org.qrepo.audit;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What {@code pacman -Su} makes of an installed package. Learned from pacman 6.0.2: the
 * repositories are asked in their order, and the first that knows the package decides. It knows it
 * if some of its packages replace it, by its very name and version, or else if it has one of its
 * name, which is taken if it is newer.
 */
final class Upgrades {
  private final Universe universe;
  private final Effort effort;

  Upgrades(Universe universe, Effort effort) {
    this.universe = universe;
    this.effort = effort;
  }

  /**
   * Another package takes the place of an installed one.
   *
   * @param by at least one
   * @param replaces whether the old one is removed for packages of other names
   */
  record Move(Offer installed, List<Offer> by, boolean replaces) {
    Move {
      by = List.copyOf(by);
    }
  }

  /**
   * A dependency that a move takes away from a package that stays.
   *
   * @param sentence what pacman prints
   */
  record Broken(Universe.Need need, String sentence) {}

  /** What pacman prints when an upgrade takes away what a package that stays depends on. */
  static String breaking(Offer upgrade, Missing missing) {
    String what = "installing " + upgrade.name() + " (" + upgrade.version() + ")";
    return breaking(what, missing.dependency(), missing.requiredBy());
  }

  private static String breaking(String what, Relation dependency, Offer requiredBy) {
    return ":: "
        + what
        + " breaks dependency '"
        + dependency
        + "' required by "
        + requiredBy.name();
  }

  /** What happens to an installed package; empty if it stays as it is. */
  Optional<Move> of(Offer installed) {
    String name = installed.name().value();
    List<Offer> replacers =
        universe.replacing(name).stream()
            .filter(offer -> !offer.name().equals(installed.name()))
            .filter(offer -> offer.replaces().stream().anyMatch(installed::isMeant))
            .toList();
    Optional<Offer> same = universe.named(name).stream().findFirst();
    int replacing = replacers.isEmpty() ? Integer.MAX_VALUE : replacers.get(0).rank();
    int having = same.map(Offer::rank).orElse(Integer.MAX_VALUE);
    if (replacing <= having && !replacers.isEmpty()) {
      List<Offer> first = replacers.stream().filter(o -> o.rank() == replacing).toList();
      return Optional.of(new Move(installed, first, true));
    }
    return same.filter(offer -> offer.version().compareTo(installed.version()) > 0)
        .map(offer -> new Move(installed, List.of(offer), false));
  }

  /**
   * What an upgrade breaks: dependencies of packages that stay, which the old package satisfied and
   * the new ones, with all that these depend on, do not. pacman then upgrades nothing at all.
   */
  List<Broken> broken(Move move) {
    List<Broken> broken = new ArrayList<>();
    for (String name : names(move.installed())) {
      for (Universe.Need need : universe.needs(name)) {
        if (breaks(move, need)) {
          broken(move, need).ifPresent(broken::add);
        }
      }
    }
    return broken;
  }

  /** Empty if what the upgrade pulls in will do, or takes the needing package's own place. */
  private Optional<Broken> broken(Move move, Universe.Need need) {
    Resolver.Client client = new Resolver.Client(List.of(need.by()), List.of(move.installed()));
    List<Offer> arriving =
        move.by().stream()
            .flatMap(offer -> Resolver.resolve(universe, offer, client, effort).offers().stream())
            .toList();
    boolean mended =
        arriving.stream()
            .anyMatch(
                offer ->
                    offer.satisfies(need.dependency()) || offer.name().equals(need.by().name()));
    if (mended) {
      return Optional.empty();
    }
    Missing lost = new Missing(need.dependency(), need.by());
    String sentence =
        Stream.concat(move.by().stream(), arriving.stream())
            .filter(offer -> offer.name().equals(move.installed().name()))
            .findFirst()
            .map(offer -> breaking(offer, lost))
            .orElseGet(
                () ->
                    breaking("removing " + move.installed().name(), need.dependency(), need.by()));
    return Optional.of(new Broken(need, sentence));
  }

  private boolean breaks(Move move, Universe.Need need) {
    Relation dependency = need.dependency();
    return need.by() != move.installed()
        && move.installed().satisfies(dependency)
        && !need.by().satisfies(dependency)
        && move.by().stream().noneMatch(offer -> offer.satisfies(dependency))
        && !need.by().name().equals(move.installed().name())
        && move.by().stream().noneMatch(offer -> offer.name().equals(need.by().name()))
        && of(need.by()).isEmpty();
  }

  private static Set<String> names(Offer offer) {
    Set<String> names = new LinkedHashSet<>(List.of(offer.name().value()));
    Set<String> provided = new TreeSet<>();
    offer.provides().forEach(p -> provided.add(p.name()));
    names.addAll(provided);
    return names;
  }
}
