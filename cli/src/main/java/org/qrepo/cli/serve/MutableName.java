package org.qrepo.cli.serve;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of a repository that change with each generation and lead to it through the pointer:
 * {@code NAME.db}, {@code NAME.files}, and both under the names that repo-add gives them. pacman
 * fetches the signature from beside the place that it was redirected to, so that a redirect makes
 * database and signature an exact pair. Signatures have no redirect of their own.
 */
final class MutableName {
  private static final Pattern DATABASE =
      Pattern.compile("(?<database>[^/]+\\.(?:db|files))(?:\\.tar(?:\\.[a-z0-9]+)?)?");
  private static final Pattern IN_GENERATION =
      Pattern.compile("generations/[0-9a-f]{16}/(?<file>[^/]+)");

  private MutableName() {}

  /**
   * Where in its folder a name leads; empty if it is none of these, or does not lead into a
   * generation of its own folder.
   *
   * @param folder of the name, links followed
   * @param name as it was asked for
   * @param file what the name leads to, links followed
   */
  static Optional<String> redirect(Path folder, String name, Path file) {
    Matcher database = DATABASE.matcher(name);
    if (!database.matches() || !file.startsWith(folder)) {
      return Optional.empty();
    }
    String place = folder.relativize(file).toString();
    Matcher generation = IN_GENERATION.matcher(place);
    return generation.matches() && generation.group("file").equals(database.group("database"))
        ? Optional.of(place)
        : Optional.empty();
  }
}
