package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.cli.build.BuildNotes;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.NotedBuild;
import org.qrepo.cli.build.TreeFiles;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.ComponentName;

/**
 * What a build of a component gave, as files tell it, now.
 *
 * @param note where the builder notes its packages
 * @param stamp of the note; empty if there is none
 * @param files the packages it names, and whether and how they are there
 * @param current whether the builder may pass over the sources as they are for it
 */
record ComponentOutput(
    Path note, Optional<FileStamp> stamp, Map<Path, Optional<FileStamp>> files, boolean current) {
  ComponentOutput {
    files = Map.copyOf(files);
  }

  /**
   * Of all builds that are there, the last one first; what cannot be read of a note is missed, and
   * files that links lead to outside of the tree are not there.
   */
  static List<ComponentOutput> of(BuilderTree tree, ComponentName component, BuildDist dist)
      throws IOException {
    TreeFiles made = TreeFiles.made(tree);
    List<ComponentOutput> outputs = new ArrayList<>();
    for (NotedBuild build : new BuildNotes(tree, dist, made).of(component)) {
      Map<Path, Optional<FileStamp>> files = new HashMap<>();
      for (String name : build.names()) {
        Path file = build.packages().resolve(name);
        files.put(file, made.isFile(file) ? FileStamp.of(file) : Optional.empty());
      }
      Optional<FileStamp> stamp = FileStamp.of(build.note());
      outputs.add(new ComponentOutput(build.note(), stamp, files, build.current()));
    }
    return outputs;
  }

  /** The packages that are named and there, not empty, in the order of their names. */
  List<Path> present() {
    return files.entrySet().stream()
        .filter(entry -> entry.getValue().filter(stamp -> stamp.size() > 0).isPresent())
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** The packages that are named and not there, or empty. */
  List<Path> missing() {
    List<Path> present = present();
    return files.keySet().stream().filter(file -> !present.contains(file)).sorted().toList();
  }

  /** Whether nothing was written since. */
  boolean isSameAs(ComponentOutput other) {
    return stamp.equals(other.stamp()) && files.equals(other.files());
  }
}
