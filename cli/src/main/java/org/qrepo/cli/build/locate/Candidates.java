package org.qrepo.cli.build.locate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.cli.build.BuildNotes;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.NotedBuild;
import org.qrepo.cli.build.TreeFiles;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.cli.repository.PackagePaths;

/** The files of a tree that may be packages, with what the builder's notes say of them. */
final class Candidates {
  private final TreeFiles files;
  private final List<Candidate> found = new ArrayList<>();

  /** Whose last build made a file of this name. */
  private final Map<String, ComponentName> noted = new HashMap<>();

  private Candidates(TreeFiles files) {
    this.files = files;
  }

  /** Last builds and components' own files first: of two names of one file theirs is taken. */
  static List<Candidate> in(BuilderTree tree, BuildDist dist, TreeFiles files) throws IOException {
    Candidates candidates = new Candidates(files);
    BuildNotes notes = new BuildNotes(tree, dist, files);
    for (Path directory : files.directoriesIn(tree.components())) {
      Optional<ComponentName> component = component(directory.getFileName().toString());
      if (component.isPresent()) {
        candidates.own(component.get(), notes.of(component.get()));
      }
    }
    if (tree.kind() == BuilderKind.CLASSIC) {
      candidates.shared(tree.repository(dist), Optional.empty());
    } else {
      for (Path directory : files.directoriesIn(tree.repository(dist))) {
        String name = directory.getFileName().toString();
        candidates.shared(
            directory, component(name.substring(0, Math.max(0, name.lastIndexOf('_')))));
      }
    }
    return List.copyOf(candidates.found);
  }

  /**
   * What lies in a component's own directories.
   *
   * @param builds the last one first
   */
  private void own(ComponentName component, List<NotedBuild> builds) throws IOException {
    Set<String> last = builds.get(0).names();
    last.forEach(name -> noted.put(name, component));
    for (NotedBuild build : builds) {
      boolean isLast = build.equals(builds.get(0));
      for (Path file : packages(build.packages())) {
        boolean made = isLast && last.contains(file.getFileName().toString());
        found.add(new Candidate(file, Optional.of(component), made));
      }
    }
  }

  /** What lies where all components' packages do. */
  private void shared(Path directory, Optional<ComponentName> component) throws IOException {
    for (Path file : packages(directory)) {
      Optional<ComponentName> owner = Optional.ofNullable(noted.get(file.getFileName().toString()));
      found.add(new Candidate(file, owner.or(() -> component), owner.isPresent()));
    }
  }

  private List<Path> packages(Path directory) throws IOException {
    List<Path> packages = new ArrayList<>();
    for (Path file : files.in(directory)) {
      if (PackagePaths.isPackage(file) && files.isFile(file)) {
        packages.add(file);
      }
    }
    return packages;
  }

  private static Optional<ComponentName> component(String name) {
    try {
      return Optional.of(new ComponentName(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
