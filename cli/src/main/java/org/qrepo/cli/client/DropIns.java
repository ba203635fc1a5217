package org.qrepo.cli.client;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.Location;
import org.qrepo.client.DropIn;
import org.qrepo.client.QubesRelease;
import org.qrepo.client.ServerUrl;
import org.qrepo.publish.RepositoryName;

/** The drop-in that makes clients use a configured repository. */
public final class DropIns {
  /** The release whose guides tell people to write a file of the old form. */
  private static final QubesRelease LEGACY = new QubesRelease(4, 0);

  private DropIns() {}

  /**
   * The drop-in for what is published at a target.
   *
   * @throws UsageException if the repository has no name, or clients no URL
   */
  public static DropIn of(Config config, Config.Target target) {
    return DropIn.of(
        name(config),
        config.client().priority(),
        config.repository().release(),
        servers(config, target)
            .orElseThrow(
                () ->
                    new UsageException(
                        target.url().display() + " has no URL that clients use",
                        "Give it: --server URL, targets."
                            + target.name()
                            + ".server, or client.servers in qrepo.yml.")));
  }

  /** The same in the old form, under the name that it had in Qubes 4.0 if no release is said. */
  public static DropIn legacy(Config config, Config.Target target) {
    DropIn dropIn = of(config, target);
    QubesRelease release = config.repository().release().orElse(LEGACY);
    return DropIn.legacy(dropIn.repository(), release, dropIn.servers());
  }

  /**
   * The repository's name.
   *
   * @throws UsageException if it has none
   */
  public static RepositoryName name(Config config) {
    return config
        .repository()
        .name()
        .orElseThrow(
            () ->
                new UsageException(
                    "the repository has no name",
                    "Give it: --name N, or repository.name in qrepo.yml."));
  }

  /** What clients fetch from, if it is known. */
  public static Optional<List<ServerUrl>> servers(Config config, Config.Target target) {
    if (!config.client().servers().isEmpty()) {
      return Optional.of(config.client().servers());
    }
    return target
        .server()
        .map(Object::toString)
        .or(
            () ->
                isForReaders(target.url()) ? Optional.of(target.url().display()) : Optional.empty())
        .map(DropIns::url)
        .map(List::of);
  }

  private static boolean isForReaders(Location location) {
    return location instanceof Location.Remote remote
        && Set.of("http", "https").contains(remote.scheme());
  }

  private static ServerUrl url(String text) {
    try {
      return new ServerUrl(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("the server " + e.getMessage());
    }
  }
}
