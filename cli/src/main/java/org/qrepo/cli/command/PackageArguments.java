package org.qrepo.cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;

/** Files that the user named, looked at before any of them is worked on. */
final class PackageArguments {
  private static final byte[] RPM_MAGIC = HexFormat.of().parseHex("edabeedb");

  private PackageArguments() {}

  /**
   * The packages among the given files; all must be.
   *
   * @throws UsageException if one is not there, or is something that this version does not handle
   */
  static List<Path> packages(Session session, List<String> given, String verb) throws IOException {
    List<Path> files = given.stream().map(session::path).toList();
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw new UsageException(
            file + ": " + (Files.isDirectory(file) ? "is a directory" : "no such file"));
      }
      if (isRpm(file)) {
        throw new UsageException(
            file + ": this version does not " + verb + " RPMs",
            "It handles pacman packages. RPMs come with a later version; until then: rpmsign, rpmkeys.");
      }
      if (file.toString().endsWith(".sig")) {
        throw new UsageException(file + ": name the package, not its signature");
      }
    }
    return files;
  }

  private static boolean isRpm(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(RPM_MAGIC.length), RPM_MAGIC)
          || file.toString().endsWith(".rpm");
    }
  }
}
