package org.qrepo.cli.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.qrepo.client.page.LandingPage;

/** The directory that is served. Finds what a URL leads to; links count if they stay inside. */
final class Tree {
  private final Path root;
  private final boolean redirects;

  /**
   * @param root all links followed
   * @param redirects whether a name that changes leads to the generation that it belongs to now
   */
  Tree(Path root, boolean redirects) {
    this.root = root;
    this.redirects = redirects;
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
          ? indexOf(path).orElse(new Route.ToListing(file, path))
          : new Route.Elsewhere(301, Urls.encode(path) + "/");
    }
    return Files.isRegularFile(file) && !slash ? toFile(path, file) : new Route.Nowhere();
  }

  /** The page of a folder that has one. */
  private Optional<Route> indexOf(String path) {
    return find(path + LandingPage.FILE_NAME).filter(Files::isRegularFile).map(Route.ToFile::new);
  }

  private Route toFile(String path, Path file) {
    return generationOf(path, file)
        .<Route>map(place -> new Route.Elsewhere(302, Urls.encode(place)))
        .orElse(new Route.ToFile(file));
  }

  /** Links were followed once, when the file was found: so the answer is of one moment. */
  private Optional<String> generationOf(String path, Path file) {
    int slash = path.lastIndexOf('/');
    return redirects
        ? find(path.substring(0, slash + 1))
            .flatMap(folder -> MutableName.redirect(folder, path.substring(slash + 1), file))
        : Optional.empty();
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
