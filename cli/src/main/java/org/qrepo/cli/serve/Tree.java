package org.qrepo.cli.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** The directory that is served. Finds what a URL leads to; links count if they stay inside. */
final class Tree {
  private final Path root;

  /**
   * @param root all links followed
   */
  Tree(Path root) {
    this.root = root;
  }

  /**
   * @param path of a URL, decoded
   */
  Route route(String path) {
    Optional<Path> found = find(path);
    if (found.isEmpty()) {
      return new Route.Nowhere();
    }
    Path file = found.get();
    boolean slash = path.endsWith("/");
    if (Files.isDirectory(file)) {
      return slash
          ? new Route.ToListing(file, path)
          : new Route.Elsewhere(301, Urls.encode(path) + "/");
    }
    return Files.isRegularFile(file) && !slash ? new Route.ToFile(file) : new Route.Nowhere();
  }

  /** Whether a file of this tree would be found by its URL. */
  boolean holds(Path file) {
    return find("/" + root.relativize(file)).isPresent();
  }

  /** No way up, and nothing hidden: locks, temporary files. */
  private static boolean isPlain(String path) {
    return path.startsWith("/")
        && !path.contains("/.")
        && !path.contains("//")
        && path.indexOf('\0') < 0;
  }

  /** The real file of a path, if it is there and inside, and nothing on the real way is hidden. */
  private Optional<Path> find(String path) {
    if (!isPlain(path)) {
      return Optional.empty();
    }
    try {
      Path real = root.resolve(path.substring(1)).toRealPath();
      return real.startsWith(root) && isPlain("/" + root.relativize(real))
          ? Optional.of(real)
          : Optional.empty();
    } catch (InvalidPathException | IOException e) {
      return Optional.empty();
    }
  }
}
