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
   * @param pointer what {@code current} links to, as read
   */
  record Live(
      Generation generation,
      Map<StoreKey, Tag> tags,
      List<Names.Mutable> unsettled,
      Optional<String> pointer)
      implements Remote {
    public Live {
      tags = Map.copyOf(tags);
      unsettled = List.copyOf(unsettled);
    }
  }
}
