package org.qrepo.publish;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.FileLists;

/**
 * What the next database takes over to the byte.
 *
 * @param base the generation that has the file lists of the entries; empty if no list is old
 * @param lists those that are to be taken from elsewhere
 */
record Kept(List<DatabaseEntry> entries, Optional<Generation> base, FileLists lists) {
  Kept {
    entries = List.copyOf(entries);
  }

  static Kept of(Collection<DatabaseEntry> entries, Remote remote) {
    return new Kept(
        List.copyOf(entries),
        remote instanceof Remote.Live live ? Optional.of(live.generation()) : Optional.empty(),
        FileLists.none());
  }
}
