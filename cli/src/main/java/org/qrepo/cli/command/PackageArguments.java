package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.rpm.RpmFile;

/** Files that the user named, looked at before any of them is worked on. */
final class PackageArguments {
  private PackageArguments() {}

  /**
   * Files by what they are.
   *
   * @param packages packages for pacman
   */
  record Given(List<Path> packages, List<Path> rpms) {}

  /**
   * Parts the given files into packages and RPMs.
   *
   * @throws UsageException if one is not there, or is a signature
   */
  static Given files(Session session, List<String> given) throws IOException {
    List<Path> packages = new ArrayList<>();
    List<Path> rpms = new ArrayList<>();
    for (Path file : given.stream().map(session::path).toList()) {
      if (!Files.isRegularFile(file)) {
        throw new UsageException(
            file + ": " + (Files.isDirectory(file) ? "is a directory" : "no such file"));
      }
      if (file.toString().endsWith(".sig")) {
        throw new UsageException(file + ": name the package, not its signature");
      }
      (isRpm(file) ? rpms : packages).add(file);
    }
    return new Given(List.copyOf(packages), List.copyOf(rpms));
  }

  private static boolean isRpm(Path file) throws IOException {
    return file.toString().endsWith(".rpm") || RpmFile.looksLikeOne(file);
  }
}
