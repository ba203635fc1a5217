package org.qrepo.cli.build.stages;

import java.util.List;
import java.util.Optional;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.ComponentName;

/**
 * Which components are built, and which of them again though nothing has changed.
 *
 * @param again all of them
 * @param from this one and all that follow; those before are not looked at
 * @param only these, and no others
 * @param atOnce in one run of the builder
 */
public record Choice(
    boolean again, Optional<ComponentName> from, List<ComponentName> only, boolean atOnce) {
  /** What has changed, one after the other. */
  public static final Choice CHANGED = new Choice(false, Optional.empty(), List.of(), false);

  /** All, one after the other. */
  public static final Choice AGAIN = new Choice(true, Optional.empty(), List.of(), false);

  /**
   * @throws UsageException if these contradict each other
   */
  public Choice {
    only = List.copyOf(only);
    if (from.isPresent() && !only.isEmpty()) {
      throw new UsageException("--from and --only contradict each other");
    }
    if (atOnce && (from.isPresent() || !only.isEmpty())) {
      throw new UsageException("--at-once builds all: leave out --from and --only");
    }
  }

  /**
   * Checks that what is named is there to be built.
   *
   * @throws UsageException if not
   */
  void check(List<ComponentName> all) {
    List<ComponentName> named = from.map(List::of).orElse(only);
    for (ComponentName name : named) {
      if (!all.contains(name)) {
        throw new UsageException(
            "component " + name + " is not among those that are built",
            "They are: " + String.join(", ", all.stream().map(ComponentName::value).toList()),
            "build.components in qrepo.yml names them.");
      }
    }
  }

  /** Whether a component is left alone. */
  boolean leaves(ComponentName component, List<ComponentName> all) {
    return (!only.isEmpty() && !only.contains(component))
        || from.filter(first -> all.indexOf(component) < all.indexOf(first)).isPresent();
  }

  /** Whether a component that is not left alone is built whatever was built before. */
  boolean forces() {
    return again || atOnce || from.isPresent() || !only.isEmpty();
  }
}
