package org.qrepo.store;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.qrepo.publish.PublicSite;
import org.qrepo.store.http.HttpSettings;
import org.qrepo.store.http.HttpSite;
import org.qrepo.store.local.FileSite;
import org.qrepo.store.local.FileUrl;

/** The public side of a repository, opened by what stands after {@code Server =}. */
public final class Sites {
  private Sites() {}

  /**
   * Opens a site. Nothing is fetched yet.
   *
   * @param server {@code https://}, {@code http://} or {@code file://}, or a directory; variables
   *     of pacman.conf are replaced already
   * @throws TargetException if clients could not use it either
   */
  public static PublicSite open(String server, HttpSettings settings) {
    Optional<String> scheme = Address.scheme(server);
    if (scheme.isEmpty()) {
      return directory(server);
    }
    return switch (scheme.get()) {
      case "http", "https" -> new HttpSite(server, settings);
      case "file" -> new FileSite(FileUrl.path(server));
      default ->
          throw new TargetException(
              String.format(
                  "%s: a server is https://, http:// or file://, or a directory",
                  Address.redact(server)));
    };
  }

  private static PublicSite directory(String server) {
    if (server.isEmpty()) {
      throw new TargetException("the server is empty: name a URL or a directory");
    }
    try {
      return new FileSite(Path.of(server));
    } catch (InvalidPathException e) {
      throw new TargetException("'" + server + "' cannot be a directory here: " + e.getReason());
    }
  }
}
