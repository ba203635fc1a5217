package org.qrepo.cli.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.ComponentName;

/**
 * What builders note of their builds. The classic builder has one list for each component, which
 * each build writes anew: lines {@code pkgs/SET/FILE} in {@code DIST.list}. v2 has a directory for
 * each version of a component, {@code VERSION/SET/build}, with the key {@code packages} in {@code
 * *.build.yml} and the files in {@code pkgs}; those of other versions stay.
 *
 * <p>Of v2's builds the last one is that of the version which the sources have. v2 itself takes it
 * for all that comes after the build, and where sources go back to what was built before, it writes
 * nothing anew that could tell. Where it is not noted, what was noted last counts, whatever its
 * version, and of one time (copies of a tree may have it) the highest version.
 */
public final class BuildNotes {
  private static final String NOTE = ".build.yml";
  private static final int MOST_BYTES = 1 << 20;
  private static final Pattern FILE_NAME = Pattern.compile("[^/\\p{Cntrl}]{1,255}");
  private static final Pattern PACKAGE =
      Pattern.compile("[A-Za-z0-9@_+][A-Za-z0-9@._+:~-]*\\.pkg\\.tar(\\.(?!sig)[A-Za-z0-9]+)?");

  private final BuilderTree tree;
  private final BuildDist dist;
  private final TreeFiles files;

  /**
   * @param files what may be read; notes that cannot be are problems there
   */
  public BuildNotes(BuilderTree tree, BuildDist dist, TreeFiles files) {
    this.tree = tree;
    this.dist = dist;
    this.files = files;
  }

  /** The builds of a component, the last one first; it is there even if nothing is noted. */
  public List<NotedBuild> of(ComponentName component) throws IOException {
    return tree.kind() == BuilderKind.CLASSIC ? List.of(classic(component)) : second(component);
  }

  private NotedBuild classic(ComponentName component) throws IOException {
    Path list = tree.packageList(component, dist);
    String folder = "pkgs/" + dist.packageSet();
    Set<String> names = new HashSet<>();
    for (String line : files.lines(list)) {
      String name = line.startsWith(folder + "/") ? line.substring(folder.length() + 1) : "";
      if (FILE_NAME.matcher(name).matches()) {
        names.add(name);
      } else if (!line.isEmpty()) {
        String remedy = "Build " + component + " again: the builder writes this list anew.";
        problem(list, line, "is no file in " + folder, remedy);
      }
    }
    return new NotedBuild(list, tree.packages(component, dist), packages(names), false);
  }

  private void problem(Path note, String name, String reason, String remedy) {
    files.problem(
        Finding.of(
            "builder-notes", note.toString(), "names '" + name + "', which " + reason, remedy));
  }

  private static Set<String> packages(Set<String> names) {
    return names.stream().filter(PACKAGE.asMatchPredicate()).collect(Collectors.toSet());
  }

  /** What v2 has of a version. */
  private record Version(String name, NotedBuild build, FileTime noted) {
    static final FileTime NEVER = FileTime.fromMillis(Long.MIN_VALUE);

    static final Comparator<Version> LAST_FIRST =
        Comparator.<Version, Boolean>comparing(version -> version.build().current())
            .thenComparing(Version::noted)
            .thenComparing(Version::name, PackageVersion::compare)
            .thenComparing(Version::name)
            .reversed();
  }

  private List<NotedBuild> second(ComponentName component) throws IOException {
    Pattern ofSources = namesOfSources(component);
    List<Version> versions = new ArrayList<>();
    for (Path directory : files.directoriesIn(tree.versions(component))) {
      if (Files.isDirectory(buildIn(directory))) {
        versions.add(version(directory, ofSources));
      }
    }
    if (versions.isEmpty()) {
      versions.add(version(tree.versions(component).resolve("*"), ofSources));
    }
    return versions.stream().sorted(Version.LAST_FIRST).map(Version::build).toList();
  }

  private Path buildIn(Path version) {
    return version.resolve(dist.packageSet()).resolve("build");
  }

  /** The names of v2's directories for the sources' version; it may count builds behind it. */
  private Pattern namesOfSources(ComponentName component) throws IOException {
    Path sources = tree.source(component);
    Optional<String> version = firstLine(sources.resolve("version"));
    String release = firstLine(sources.resolve("rel")).orElse("1");
    return Pattern.compile(
        version.map(v -> Pattern.quote(v + "-" + release) + "(\\.[0-9]+)?").orElse(".*"));
  }

  private Optional<String> firstLine(Path file) throws IOException {
    return files.lines(file).stream().findFirst();
  }

  private Version version(Path directory, Pattern ofSources) throws IOException {
    String name = directory.getFileName().toString();
    Path folder = buildIn(directory);
    Path note = folder.resolve(dist.name() + NOTE);
    FileTime noted = Version.NEVER;
    Set<String> names = new HashSet<>();
    for (Path file : files.in(folder)) {
      if (file.toString().endsWith(NOTE) && files.isFile(file)) {
        note = file;
        noted = Files.getLastModifiedTime(file);
        names.addAll(names(file));
      }
    }
    boolean current = !noted.equals(Version.NEVER) && ofSources.matcher(name).matches();
    Path packages = folder.resolve("pkgs");
    return new Version(name, new NotedBuild(note, packages, packages(names), current), noted);
  }

  /** A component may have several PKGBUILDs, and a note for each. */
  private Set<String> names(Path note) throws IOException {
    Set<String> names = new HashSet<>();
    try {
      for (Object item : YamlDocument.read(note, MOST_BYTES).list("packages")) {
        String name = String.valueOf(item);
        if (FILE_NAME.matcher(name).matches()) {
          names.add(name);
        } else {
          String remedy = "Build this component again: the builder writes this file anew.";
          problem(note, name, "is no file name", remedy);
        }
      }
    } catch (RefusedException e) {
      files.problems(note, e);
    }
    return names;
  }
}
