package org.qrepo.cli.build.locate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.YamlDocument;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.ComponentName;

/**
 * The files of a tree that may be packages, with what the builder's own notes say of them. The
 * classic builder lists what a component's last build made; v2 does so for each version.
 */
final class PackageNotes {
  private static final Pattern PACKAGE = Pattern.compile(".+\\.pkg\\.tar(\\.[A-Za-z0-9]+)?");
  private static final Pattern PLAIN_NAME = Pattern.compile("[^/\\p{Cntrl}]{1,255}");
  private static final int MOST_BYTES = 1 << 20;

  private final BuilderTree tree;
  private final BuildDist dist;
  private final TreeFiles files;
  private final List<Candidate> candidates = new ArrayList<>();

  /** Whose last build made a file of this name. */
  private final Map<String, ComponentName> noted = new HashMap<>();

  private PackageNotes(BuilderTree tree, BuildDist dist, TreeFiles files) {
    this.tree = tree;
    this.dist = dist;
    this.files = files;
  }

  /** Components' own files first, so that of two names of one file theirs is taken. */
  static List<Candidate> read(BuilderTree tree, BuildDist dist, TreeFiles files)
      throws IOException {
    PackageNotes notes = new PackageNotes(tree, dist, files);
    if (tree.kind() == BuilderKind.CLASSIC) {
      notes.classic();
    } else {
      notes.second();
    }
    return List.copyOf(notes.candidates);
  }

  private void classic() throws IOException {
    for (Path source : files.directoriesIn(tree.sources())) {
      Optional<ComponentName> component = component(source.getFileName().toString());
      if (component.isPresent()) {
        Set<String> last = listed(component.get());
        own(component.get(), tree.packages(component.get(), dist), last);
      }
    }
    for (Path file : files.in(tree.repository(dist))) {
      shared(file, Optional.empty());
    }
  }

  /** The file names in the list that the builder writes after each build. */
  private Set<String> listed(ComponentName component) throws IOException {
    Path list = tree.packageList(component, dist);
    Pattern form = Pattern.compile(Pattern.quote("pkgs/" + dist.packageSet() + "/") + "([^/]+)");
    Set<String> names = new HashSet<>();
    for (String line : files.lines(list)) {
      Matcher matcher = form.matcher(line);
      if (matcher.matches()) {
        names.add(matcher.group(1));
      } else if (!line.isEmpty()) {
        files.problem(
            Finding.of(
                "builder-notes",
                list.toString(),
                "names '" + line + "', which is no file in pkgs/" + dist.packageSet(),
                "Build " + component + " again: the builder writes this list anew."));
      }
    }
    return names;
  }

  private void second() throws IOException {
    for (Path directory : files.directoriesIn(tree.components())) {
      Optional<ComponentName> component = component(directory.getFileName().toString());
      if (component.isPresent()) {
        versions(component.get(), directory);
      }
    }
    for (Path directory : files.directoriesIn(tree.repository(dist))) {
      String name = directory.getFileName().toString();
      int end = name.lastIndexOf('_');
      Optional<ComponentName> component =
          end < 0 ? Optional.empty() : component(name.substring(0, end));
      for (Path file : files.in(directory)) {
        shared(file, component);
      }
    }
  }

  /** A component is built once for each of its versions; the highest one is its last build. */
  private void versions(ComponentName component, Path directory) throws IOException {
    Map<Path, Set<String>> builds = new LinkedHashMap<>();
    for (Path version : files.directoriesIn(directory)) {
      Path build = version.resolve(dist.packageSet()).resolve("build");
      if (Files.isDirectory(build)) {
        builds.put(build, noted(build));
      }
    }
    Optional<Path> last =
        builds.keySet().stream()
            .filter(build -> !builds.getOrDefault(build, Set.of()).isEmpty())
            .max((a, b) -> PackageVersion.compare(version(a), version(b)));
    for (Map.Entry<Path, Set<String>> build : builds.entrySet()) {
      boolean isLast = last.filter(build.getKey()::equals).isPresent();
      own(component, build.getKey().resolve("pkgs"), isLast ? build.getValue() : Set.of());
    }
  }

  private static String version(Path build) {
    return build.getName(build.getNameCount() - 3).toString();
  }

  /** The file names in what v2 notes of a build. */
  private Set<String> noted(Path build) throws IOException {
    Set<String> names = new HashSet<>();
    for (Path info : files.in(build)) {
      if (info.toString().endsWith(".build.yml") && files.isFile(info)) {
        try {
          YamlDocument.read(info, MOST_BYTES).list("packages").stream()
              .map(String::valueOf)
              .forEach(name -> note(info, name, names));
        } catch (RefusedException e) {
          files.problems(info, e);
        }
      }
    }
    return names;
  }

  private void note(Path info, String name, Set<String> names) {
    if (PLAIN_NAME.matcher(name).matches()) {
      names.add(name);
    } else {
      files.problem(
          Finding.of(
              "builder-notes",
              info.toString(),
              "names '" + name + "', which is no file name",
              "Build this component again: the builder writes this file anew."));
    }
  }

  /** What lies in a component's own directory. */
  private void own(ComponentName component, Path directory, Set<String> last) throws IOException {
    last.forEach(name -> noted.put(name, component));
    for (Path file : files.in(directory)) {
      String name = file.getFileName().toString();
      if (isPackage(name) && files.isFile(file)) {
        candidates.add(new Candidate(file, Optional.of(component), last.contains(name)));
      }
    }
  }

  /** What lies where all components' packages do. */
  private void shared(Path file, Optional<ComponentName> component) throws IOException {
    String name = file.getFileName().toString();
    if (isPackage(name) && files.isFile(file)) {
      Optional<ComponentName> owner = Optional.ofNullable(noted.get(name));
      candidates.add(new Candidate(file, owner.or(() -> component), owner.isPresent()));
    }
  }

  private static boolean isPackage(String name) {
    return PACKAGE.matcher(name).matches() && !name.endsWith(".sig");
  }

  private static Optional<ComponentName> component(String name) {
    try {
      return Optional.of(new ComponentName(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
