package org.qrepo.publish;

import java.util.List;

/**
 * A plan and what carrying it out needs besides.
 *
 * @param remote the repository as it was seen
 * @param items packages as they were read: they are signed, and described in the next database
 * @param transfers packages of entries that are taken over
 * @param renewals packages that get a new signature where they lie
 */
record Draft(
    Plan plan,
    Remote remote,
    List<Item> items,
    Kept kept,
    List<Transfer> transfers,
    List<Renewal> renewals) {
  Draft {
    items = List.copyOf(items);
    transfers = List.copyOf(transfers);
    renewals = List.copyOf(renewals);
  }

  Draft(Plan plan, Remote remote, List<Item> items, Kept kept, List<Transfer> transfers) {
    this(plan, remote, items, kept, transfers, List.of());
  }

  /** The items that change the database. */
  List<Item> entering() {
    return items.stream().filter(i -> i.published().isEmpty()).toList();
  }
}
