package org.qrepo.cli.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.sign.git.ObjectId;
import org.qrepo.sign.git.TreeObject;

/**
 * Every file of a commit, as its directories name them. The id of each directory was computed from
 * its content, so that the signature of the commit covers all names, modes and ids here.
 *
 * @param files by path, with slashes
 * @param submodules their paths
 */
record SourceTree(Map<String, TreeObject.Entry> files, List<String> submodules) {
  private static final int MOST_ENTRIES = 200_000;
  private static final int LONGEST_PATH = 2000;

  SourceTree {
    files = Collections.unmodifiableMap(new TreeMap<>(files));
    submodules = List.copyOf(submodules);
  }

  /**
   * Reads them.
   *
   * @throws org.qrepo.RefusedException if a directory is missing, or not what its id says, or there
   *     are more than any builder has
   */
  static SourceTree read(ObjectStore store, ObjectId root) throws IOException {
    Walk walk = new Walk(store);
    walk.directory(root, "");
    return new SourceTree(walk.files, walk.submodules);
  }

  /** Through all directories; the same one may be in many places, so all visits are counted. */
  private static final class Walk {
    private final ObjectStore store;
    private final Map<String, TreeObject.Entry> files = new TreeMap<>();
    private final List<String> submodules = new ArrayList<>();
    private int entries;

    Walk(ObjectStore store) {
      this.store = store;
    }

    void directory(ObjectId id, String prefix) throws IOException {
      for (TreeObject.Entry entry : store.tree(id).entries()) {
        String path = prefix + entry.name();
        entries++;
        if (entries > MOST_ENTRIES || path.length() > LONGEST_PATH) {
          throw SourceFindings.corrupt("the commit", "it has more files than any builder");
        }
        switch (entry.mode()) {
          case DIRECTORY -> directory(entry.id(), path + "/");
          case SUBMODULE -> submodules.add(path);
          case FILE, EXECUTABLE, LINK -> files.put(path, entry);
        }
      }
    }
  }

  /** Which builder it is; empty if neither. */
  Optional<BuilderKind> kind() {
    if (has("qb")) {
      return Optional.of(BuilderKind.V2);
    }
    return has("Makefile") && has("Makefile.generic")
        ? Optional.of(BuilderKind.CLASSIC)
        : Optional.empty();
  }

  private boolean has(String path) {
    TreeObject.Entry entry = files.get(path);
    return entry != null && entry.mode() != TreeObject.Mode.LINK;
  }
}
