package org.qrepo.publish;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was found in the store, all of it verified. */
sealed interface Remote {
  /** Nothing is published there. */
  record Vacant() implements Remote {}

  /**
   * A repository.
   *
   * @param tags the state of every mutable name that exists, as first seen
   * @param unsettled mutable names that do not show the live generation yet
   * @param obsolete names of databases that this repository no longer keeps up to date, in the
   *     order of their removal
   * @param pointer what {@code current} links to, as read; empty if it is not this repository's
   */
  record Live(
      Generation generation,
      Map<StoreKey, Tag> tags,
      List<Names.Mutable> unsettled,
      List<StoreKey> obsolete,
      Optional<String> pointer)
      implements Remote {
    public Live {
      tags = Map.copyOf(tags);
      unsettled = List.copyOf(unsettled);
      obsolete = List.copyOf(obsolete);
    }

    /** Whether every name shows this generation, and none shows an older one. */
    boolean isSettled() {
      return unsettled.isEmpty() && obsolete.isEmpty();
    }

    /** Whether the pointer shows this generation. */
    boolean isPointed() {
      return pointer.equals(Optional.of(Names.generation(generation.id()).value()));
    }
  }
}
