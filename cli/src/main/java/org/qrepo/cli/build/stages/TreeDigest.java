package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/**
 * The digest of all that a directory of sources holds: names, contents, targets of links, and what
 * may be run. What git keeps for itself and what was built are left out, times are too. No link is
 * followed.
 */
final class TreeDigest {
  /** Directories that are no sources: git's, and the classic builder's results. */
  private static final Set<String> NOT_SOURCES = Set.of(".git", "pkgs");

  private TreeDigest() {}

  static Sha256 of(Path directory) throws IOException {
    TreeMap<String, String> entries = new TreeMap<>();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes) {
            boolean top = directory.equals(found.getParent());
            return top && NOT_SOURCES.contains(found.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = directory.relativize(file).toString();
            if (!name.equals(".git")) {
              entries.put(name, entry(file, attributes));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    Digests digests = new Digests(List.of());
    entries.forEach((name, entry) -> update(digests, name + "\0" + entry + "\n"));
    return digests.sha256();
  }

  private static String entry(Path file, BasicFileAttributes attributes) throws IOException {
    if (attributes.isSymbolicLink()) {
      return "link " + Files.readSymbolicLink(file);
    }
    if (!attributes.isRegularFile()) {
      return "other";
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      String kind = Files.isExecutable(file) ? "program " : "file ";
      return kind + Digests.of(in, List.of()).sha256();
    }
  }

  private static void update(Digests digests, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digests.update(bytes, 0, bytes.length);
  }
}
