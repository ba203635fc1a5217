package org.qrepo.cli.repository;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qrepo.audit.SyncDatabase;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.console.Console;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseReader;
import org.qrepo.database.ReadLimits;
import org.qrepo.publish.PublicSite;
import org.qrepo.store.Sites;
import org.qrepo.store.http.HttpSettings;

/** Reads the databases of a distribution, from files and from the web, within pacman's bounds. */
public final class DistributionDatabases {
  private DistributionDatabases() {}

  /**
   * Reads them all, in the order given.
   *
   * @param web how web servers are reached
   * @throws org.qrepo.RefusedException if one is no whole and sound database
   * @throws IOException if one cannot be read
   */
  public static List<SyncDatabase> read(Console console, HttpSettings web, List<Location> locations)
      throws IOException {
    List<SyncDatabase> databases = new ArrayList<>();
    for (Location location : locations) {
      String file = fileName(location);
      console.verbose("reading " + location.display());
      Database database =
          location instanceof Location.Remote remote
              ? fetch(web, remote.uri(), file)
              : DatabaseReader.read(((Location.Directory) location).path(), ReadLimits.database())
                  .database();
      databases.add(new SyncDatabase(repository(file), database));
    }
    return databases;
  }

  private static Database fetch(HttpSettings web, URI uri, String file) throws IOException {
    String url = uri.toString();
    String server = url.substring(0, url.length() - file.length() - 1);
    try (PublicSite site = Sites.open(server, web)) {
      return DatabaseReader.read(
              () ->
                  site
                      .fetch(file)
                      .orElseThrow(
                          () ->
                              new FileNotFoundException(
                                  site.location() + "/" + file + ": there is no such file"))
                      .stream(),
              file,
              ReadLimits.database())
          .database();
    }
  }

  private static String fileName(Location location) {
    if (location instanceof Location.Remote remote) {
      String path = String.valueOf(remote.uri().getRawPath());
      String file = path.substring(path.lastIndexOf('/') + 1);
      if (file.isEmpty()) {
        throw notNamed(location);
      }
      return file;
    }
    Path file = ((Location.Directory) location).path().getFileName();
    if (file == null) {
      throw notNamed(location);
    }
    return file.toString();
  }

  /** {@code extra} of {@code extra.db}, {@code extra.db.tar.gz} and {@code extra.files}. */
  private static String repository(String file) {
    String name = file.replaceFirst("\\.(db|files)(\\.tar(\\.[A-Za-z0-9]+)?)?$", "");
    return name.isEmpty() ? file : name;
  }

  private static UsageException notNamed(Location location) {
    return new UsageException(
        location.display() + " names no database",
        "Give the file, or its whole URL: https://mirror.example.org/extra/os/x86_64/extra.db");
  }
}
