package org.qrepo.cli.rpm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.qrepo.Finding;
import org.qrepo.RefusedException;

/**
 * What the user named to be published, parted into what goes into the pacman repository and
 * template RPMs.
 *
 * @param others packages, and directories that hold some
 * @param templates files
 */
public record TemplatePaths(List<Path> others, List<Path> templates) {
  public TemplatePaths {
    others = List.copyOf(others);
    templates = List.copyOf(templates);
  }

  /** RPMs are taken as named, and from directories all that are not source packages. */
  public static TemplatePaths part(List<Path> given) throws IOException {
    List<Path> others = new ArrayList<>();
    List<Path> templates = new ArrayList<>();
    for (Path path : given) {
      if (isRpm(path)) {
        templates.add(existing(path));
        continue;
      }
      List<Path> found = Files.isDirectory(path) ? in(path) : List.of();
      templates.addAll(found);
      if (found.isEmpty() || holdsMore(path)) {
        others.add(path);
      }
    }
    return new TemplatePaths(others, templates.stream().distinct().toList());
  }

  private static Path existing(Path path) {
    if (!Files.exists(path)) {
      throw new RefusedException(
          Finding.of("package-missing", path.toString(), "there is no such file or directory"));
    }
    return path;
  }

  private static List<Path> in(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(TemplatePaths::isRpm).sorted().toList();
    }
  }

  private static boolean isRpm(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".rpm") && !name.endsWith(".src.rpm") && !Files.isDirectory(file);
  }

  private static boolean holdsMore(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.anyMatch(f -> String.valueOf(f.getFileName()).contains(".pkg.tar"));
    }
  }
}
