package org.qrepo.cli.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.UsageException;

/**
 * Finds the package files that the user means: files as named, directories for what lies in them.
 */
public final class PackagePaths {
  private static final Pattern PACKAGE = Pattern.compile(".+\\.pkg\\.tar(\\.[A-Za-z0-9]+)?");

  private PackagePaths() {}

  /**
   * The files, in order and each once. In a directory everything counts that is called a package;
   * what lies in folders below it does not.
   */
  public static List<Path> find(List<Path> given) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path path : given) {
      if (Files.isDirectory(path)) {
        files.addAll(in(path));
      } else {
        files.add(named(path));
      }
    }
    return files.stream().distinct().toList();
  }

  private static Path named(Path path) {
    String name = String.valueOf(path.getFileName());
    if (name.endsWith(".sig")) {
      throw new UsageException(
          path + " is a signature", "Name the package: the signature beside it is found.");
    }
    if (name.endsWith(".rpm")) {
      throw new UsageException(
          path + " is an RPM, not a package for pacman", "Templates go with: qrepo publish FILE");
    }
    if (!Files.exists(path)) {
      throw new RefusedException(
          Finding.of("package-missing", path.toString(), "there is no such file or directory"));
    }
    return path;
  }

  private static List<Path> in(Path directory) throws IOException {
    List<Path> found;
    try (Stream<Path> files = Files.list(directory)) {
      found = files.filter(PackagePaths::isPackage).sorted().toList();
    }
    if (found.isEmpty()) {
      throw new UsageException(
          directory + " holds no packages",
          "Files are looked for that end in .pkg.tar.zst, .pkg.tar.xz, …");
    }
    return found;
  }

  /** Whether a file is called a package; signatures are not. */
  public static boolean isPackage(Path file) {
    String name = String.valueOf(file.getFileName());
    return PACKAGE.matcher(name).matches() && !name.endsWith(".sig");
  }
}
