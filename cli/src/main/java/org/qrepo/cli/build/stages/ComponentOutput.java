package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.qrepo.RefusedException;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.YamlDocument;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.ComponentName;

/**
 * What a builder says that it made of a component, as files tell it, now. The classic builder has a
 * list with a line {@code pkgs/SET/FILE} for each package; v2 has {@code
 * VERSION/SET/build/archlinux.build.yml} with the key {@code packages}, and the files beside it in
 * {@code pkgs}. Of several versions, v2's is the one written last.
 *
 * @param note the list
 * @param stamp of the list; empty if there is none
 * @param files the packages it names, and whether and how they are there
 */
record ComponentOutput(Path note, Optional<FileStamp> stamp, Map<Path, Optional<FileStamp>> files) {
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_VERSIONS = 10_000;
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9@._+:~-]{0,250}");
  private static final String PACKAGE = ".pkg.tar.";

  ComponentOutput {
    files = Map.copyOf(files);
  }

  static ComponentOutput of(BuilderTree tree, ComponentName component, BuildDist dist)
      throws IOException {
    return tree.kind() == BuilderKind.CLASSIC
        ? classic(tree, component, dist)
        : second(tree, component, dist);
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

  private static ComponentOutput classic(BuilderTree tree, ComponentName component, BuildDist dist)
      throws IOException {
    Path list = tree.packageList(component, dist);
    Path folder = tree.packages(component, dist);
    List<String> names = new ArrayList<>();
    if (isInside(tree, folder)) {
      for (String line : text(list).lines().toList()) {
        names.add(line.strip().substring(line.strip().lastIndexOf('/') + 1));
      }
    }
    return at(list, folder, names);
  }

  private static ComponentOutput second(BuilderTree tree, ComponentName component, BuildDist dist)
      throws IOException {
    String name = dist.name() + ".build.yml";
    Optional<Path> note =
        folders(tree.versions(component)).stream()
            .map(version -> version.resolve(dist.packageSet()).resolve("build"))
            .filter(folder -> isInside(tree, folder))
            .map(folder -> folder.resolve(name))
            .filter(file -> FileStamp.of(file).isPresent())
            .max(Comparator.comparing(file -> FileStamp.of(file).orElseThrow().modified()));
    if (note.isEmpty()) {
      Path expected = tree.versions(component).resolve("*/" + dist.packageSet() + "/build/" + name);
      return new ComponentOutput(expected, Optional.empty(), Map.of());
    }
    Path folder = note.get().resolveSibling("pkgs");
    return at(note.get(), folder, isInside(tree, folder) ? packages(note.get()) : List.of());
  }

  private static ComponentOutput at(Path note, Path folder, List<String> names) {
    Map<Path, Optional<FileStamp>> files = new LinkedHashMap<>();
    for (String name : names) {
      if (FILE.matcher(name).matches() && name.contains(PACKAGE) && !name.endsWith(".sig")) {
        Path file = folder.resolve(name);
        files.put(file, FileStamp.of(file));
      }
    }
    return new ComponentOutput(note, FileStamp.of(note), files);
  }

  /** Whether a directory is reached from the builder's artifacts without a link. */
  private static boolean isInside(BuilderTree tree, Path directory) {
    Path at = tree.artifacts();
    for (Path part : at.relativize(directory)) {
      at = at.resolve(part);
      if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
    }
    return true;
  }

  private static List<Path> folders(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(
            directory, file -> Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))) {
      for (Path folder : all) {
        if (found.size() < MOST_VERSIONS) {
          found.add(folder);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    return found;
  }

  /** A note that cannot be read names nothing, and what it should name is missed. */
  private static List<String> packages(Path note) throws IOException {
    try {
      return YamlDocument.read(note, MOST_BYTES).list("packages").stream()
          .map(String::valueOf)
          .toList();
    } catch (RefusedException e) {
      return List.of();
    }
  }

  private static String text(Path file) throws IOException {
    if (FileStamp.of(file).isEmpty()) {
      return "";
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
    }
  }
}
