package org.qrepo.cli.diagnosis;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What to do about a bound that is not met.
 *
 * @param fix lines; those that begin with {@code $} are commands
 */
record BoundAdvice(List<String> fix, List<Bound> bounds) {
  BoundAdvice {
    fix = List.copyOf(fix);
    bounds = List.copyOf(bounds);
  }

  /**
   * Searches the builder's sources.
   *
   * @param offered the version that there is instead
   */
  static BoundAdvice of(Optional<Builder> builder, Dependency wanted, Optional<String> offered)
      throws IOException {
    Optional<Path> sources = builder.flatMap(Builder::sources);
    if (builder.isEmpty() || sources.isEmpty()) {
      return new BoundAdvice(
          List.of("with --builder DIR this would name the file and the line of the bound"),
          List.of());
    }
    List<Bound> bounds = new BoundSearch(sources.get()).find(wanted, offered);
    if (bounds.isEmpty()) {
      return new BoundAdvice(
          List.of(
              "no PKGBUILD below "
                  + sources.get()
                  + " has a bound of "
                  + wanted.name()
                  + ": it was updated already, or it is not the source of what failed"),
          bounds);
    }
    return new BoundAdvice(commands(builder.get(), bounds), bounds);
  }

  private static List<String> commands(Builder builder, List<Bound> bounds) {
    List<String> lines = new ArrayList<>();
    for (Bound bound : bounds) {
      lines.add("the bound is " + bound.dependency() + " in " + bound.place());
      lines.add("$ " + bound.command());
    }
    bounds.stream().map(Bound::component).distinct().forEach(c -> rebuild(builder, c, lines));
    return lines;
  }

  private static void rebuild(Builder builder, String component, List<String> lines) {
    lines.add("$ " + builder.rebuild(component));
    lines.add(
        "fetching the sources undoes the change: keep it in a copy that build.overrides."
            + component
            + " names");
  }
}
