package org.qrepo.cli.client;

import java.net.URI;
import java.util.Optional;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.Location;
import org.qrepo.client.ServedFolder;

/** Where a web server finds a configured repository. */
public final class ServedFolders {
  private ServedFolders() {}

  /**
   * The folder of a target.
   *
   * @param root the repository's directory on the web server, if it is not the target's own
   * @throws UsageException if the repository has no name, or nobody knows where it lies there
   */
  public static ServedFolder of(Config config, Config.Target place, Optional<String> root) {
    try {
      return new ServedFolder(
          DropIns.name(config), directory(place.url(), root), path(place.server()));
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  /** On the machine of the web server, which for SFTP is the one that is published to. */
  private static String directory(Location url, Optional<String> root) {
    if (root.isPresent()) {
      return withoutSlash(root.get());
    }
    if (url instanceof Location.Directory directory) {
      return directory.path().toString();
    }
    Location.Remote remote = (Location.Remote) url;
    String path = String.valueOf(remote.uri().getPath());
    if (!remote.scheme().equals("sftp") || path.length() < 2 || path.startsWith("/~")) {
      throw new UsageException(
          url.display() + " does not tell where the repository lies on the web server",
          "Say it: --root DIR");
    }
    return withoutSlash(path);
  }

  /** Of the URL that clients use; without one, the repository is at the top. */
  private static String path(Optional<URI> server) {
    String path =
        server
            .filter(uri -> !"file".equalsIgnoreCase(uri.getScheme()))
            .map(URI::getPath)
            .orElse("/");
    return path.endsWith("/") ? path : path + "/";
  }

  private static String withoutSlash(String path) {
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
