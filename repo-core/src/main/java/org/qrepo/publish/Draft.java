package org.qrepo.publish;

import java.util.List;

/**
 * A plan and what carrying it out needs besides: the packages as they were read, the remote as it
 * was seen.
 */
record Draft(Plan plan, Remote remote, List<Item> items) {
  Draft {
    items = List.copyOf(items);
  }

  /** The items that change the database. */
  List<Item> entering() {
    return items.stream().filter(i -> i.published().isEmpty()).toList();
  }
}
