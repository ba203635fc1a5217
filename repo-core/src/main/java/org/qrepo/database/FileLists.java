package org.qrepo.database;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.qrepo.alpm.FileList;

/**
 * Where the file lists of packages come from that were read just now. Lists are asked for one at a
 * time, in byte order of the entries, so that they need not all be in memory.
 */
@FunctionalInterface
public interface FileLists {
  /**
   * The file list of an entry.
   *
   * @return empty if this entry's list is to be taken from the file database before
   */
  Optional<FileList> of(DatabaseEntry entry) throws IOException;

  /** No list is new. */
  static FileLists none() {
    return entry -> Optional.empty();
  }

  /**
   * Lists that are in memory.
   *
   * @param lists by {@link DatabaseEntry#directory()}
   */
  static FileLists of(Map<String, FileList> lists) {
    Map<String, FileList> copy = Map.copyOf(lists);
    return entry -> Optional.ofNullable(copy.get(entry.directory()));
  }
}
