package org.qrepo.database;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What differs between two databases, in byte order of the directories.
 *
 * @param added packages that only the second one has
 * @param removed packages that only the first one has
 * @param changed packages that both have, but not with the same entry
 */
public record DatabaseDiff(
    List<DatabaseEntry> added, List<DatabaseEntry> removed, List<Changed> changed) {
  public DatabaseDiff {
    added = List.copyOf(added);
    removed = List.copyOf(removed);
    changed = List.copyOf(changed);
  }

  /** How a package changed, by the order of versions that clients use. */
  public enum Kind {
    UPGRADE,
    DOWNGRADE,
    /** Equally new: clients that have the package see no reason to fetch it again. */
    REBUILD
  }

  /** A package before and after. */
  public record Changed(DatabaseEntry before, DatabaseEntry after) {
    public Kind kind() {
      int order = after.version().compareTo(before.version());
      return order > 0 ? Kind.UPGRADE : order < 0 ? Kind.DOWNGRADE : Kind.REBUILD;
    }
  }

  public static DatabaseDiff between(Database before, Database after) {
    List<DatabaseEntry> added = new ArrayList<>();
    List<Changed> changed = new ArrayList<>();
    for (DatabaseEntry entry : after.entries()) {
      Optional<DatabaseEntry> old = before.entry(entry.name());
      if (old.isEmpty()) {
        added.add(entry);
      } else if (!old.get().equals(entry)) {
        changed.add(new Changed(old.get(), entry));
      }
    }
    List<DatabaseEntry> removed =
        before.entries().stream().filter(e -> after.entry(e.name()).isEmpty()).toList();
    return new DatabaseDiff(added, removed, changed);
  }

  public boolean isEmpty() {
    return added.isEmpty() && removed.isEmpty() && changed.isEmpty();
  }
}
