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
  private static final int MOST_FILES = 200_000;
  private static final int LONGEST_PATH = 4000;

  SourceTree {
    files = Collections.unmodifiableMap(new TreeMap<>(files));
    submodules = List.copyOf(submodules);
  }

  static SourceTree read(ObjectStore store, ObjectId root) throws IOException {
    Map<String, TreeObject.Entry> files = new TreeMap<>();
    List<String> submodules = new ArrayList<>();
    walk(store, root, "", files, submodules);
    return new SourceTree(files, submodules);
  }

  private static void walk(
      ObjectStore store,
      ObjectId directory,
      String prefix,
      Map<String, TreeObject.Entry> files,
      List<String> submodules)
      throws IOException {
    for (TreeObject.Entry entry : store.tree(directory).entries()) {
      String path = prefix + entry.name();
      if (files.size() > MOST_FILES || path.length() > LONGEST_PATH) {
        throw SourceFindings.corrupt("the commit", "it has more files than any builder");
      }
      switch (entry.mode()) {
        case DIRECTORY -> walk(store, entry.id(), path + "/", files, submodules);
        case SUBMODULE -> submodules.add(path);
        case FILE, EXECUTABLE, LINK -> files.put(path, entry);
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
