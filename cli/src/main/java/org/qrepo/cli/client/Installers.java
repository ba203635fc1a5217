package org.qrepo.cli.client;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.keys.PublisherKey;
import org.qrepo.client.ClientKey;
import org.qrepo.client.DropIn;
import org.qrepo.client.InstallerScript;
import org.qrepo.client.QubesRelease;
import org.qrepo.publish.RepositoryName;
import org.qrepo.sign.Certificate;

/** The scripts that make machines use a configured repository. */
public final class Installers {
  private Installers() {}

  /** For any machine. */
  public static String fresh(Session session, Config config, DropIn dropIn) throws IOException {
    return InstallerScript.of(
        dropIn, key(session, config), KeyringPackages.identity(config).packageName());
  }

  /**
   * For a machine that comes from another release of Qubes.
   *
   * @param from the release that it had; the one that it has is that of the repository
   * @param old what the repository was called there; empty: the same, with the number of the old
   *     release where its name has that of the new one
   * @throws UsageException if the repository has no release, or one that is not later
   */
  public static String migrating(
      Session session,
      Config config,
      DropIn dropIn,
      QubesRelease from,
      Optional<RepositoryName> old)
      throws IOException {
    QubesRelease to =
        config
            .repository()
            .release()
            .orElseThrow(
                () ->
                    new UsageException(
                        "to which release do the clients go?",
                        "Say it: --to 4.3, or repository.release in qrepo.yml."));
    if (from.compareTo(to) >= 0) {
      throw new UsageException(
          "from Qubes " + from.number() + " to " + to.number() + " is no way forward");
    }
    RepositoryName before = old.orElseGet(() -> named(dropIn.repository(), from, to));
    return InstallerScript.migrating(
        dropIn,
        key(session, config),
        KeyringPackages.identity(config).packageName(),
        from,
        to,
        before);
  }

  private static RepositoryName named(RepositoryName now, QubesRelease from, QubesRelease to) {
    return new RepositoryName(now.value().replace(to.number(), from.number()));
  }

  private static ClientKey key(Session session, Config config) throws IOException {
    Certificate certificate = PublisherKey.certificate(session, config);
    return new ClientKey(certificate.fingerprint(), certificate.armored(Instant.now()));
  }
}
