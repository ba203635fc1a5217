package org.qrepo.cli.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.qrepo.Finding;

/**
 * Files of the user, ignored by the source until now, where the new version has some of its own:
 * git would write over them without a word.
 */
final class InTheWay {
  private static final int NAMED = 10;

  private InTheWay() {}

  /**
   * Looks for them.
   *
   * @param before what the work tree holds, compared already
   */
  static List<Finding> of(Path root, SourceTree before, SourceTree after) throws IOException {
    Set<String> found = new TreeSet<>();
    for (String path : after.files().keySet()) {
      if (!before.files().containsKey(path)) {
        above(root, path, before, found);
        at(root, path, before, found);
      }
    }
    if (found.isEmpty()) {
      return List.of();
    }
    String more = found.size() > NAMED ? " and " + (found.size() - NAMED) + " more" : "";
    return List.of(
        Finding.of(
            "source-in-the-way",
            root.toString(),
            "the new version has files where yours are: "
                + String.join(", ", found.stream().limit(NAMED).toList())
                + more,
            "Move yours away, and fetch again."));
  }

  private static void above(Path root, String path, SourceTree before, Set<String> found) {
    for (int at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      String folder = path.substring(0, at);
      Path there = root.resolve(folder);
      boolean other =
          Files.exists(there, LinkOption.NOFOLLOW_LINKS)
              && !Files.isDirectory(there, LinkOption.NOFOLLOW_LINKS);
      if (other && !before.files().containsKey(folder)) {
        found.add(folder);
      }
    }
  }

  private static void at(Path root, String path, SourceTree before, Set<String> found)
      throws IOException {
    Path there = root.resolve(path);
    if (!Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(there, LinkOption.NOFOLLOW_LINKS)) {
      found.add(path);
      return;
    }
    try (Stream<Path> inside = Files.walk(there)) {
      inside
          .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> root.relativize(file).toString())
          .filter(file -> !before.files().containsKey(file))
          .forEach(found::add);
    }
  }
}
