package org.qrepo.cli.client;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.keys.CertificateHealth;
import org.qrepo.cli.keys.PublishedKeys;
import org.qrepo.cli.keys.PublisherKey;
import org.qrepo.cli.keys.TrustedKeys;
import org.qrepo.client.ClientKey;
import org.qrepo.client.DropIn;
import org.qrepo.client.InstallerScript;
import org.qrepo.client.QubesRelease;
import org.qrepo.publish.RepositoryName;
import org.qrepo.sign.Certificate;

/** The scripts that make machines use a configured repository. */
public final class Installers {
  private Installers() {}

  /**
   * For any machine.
   *
   * @param trusted whose signatures count in the repository
   * @throws org.qrepo.RefusedException if clients refuse what the publisher signs now
   */
  public static String fresh(Session session, TrustedKeys trusted, Config config, DropIn dropIn)
      throws IOException {
    return InstallerScript.of(
        dropIn, keys(session, trusted, config), KeyringPackages.identity(config).packageName());
  }

  /**
   * For a machine that comes from another release of Qubes.
   *
   * @param trusted whose signatures count in the repository
   * @param from the release that it had; the one that it has is that of the repository
   * @param old what the repository was called there; empty: the same, with the number of the old
   *     release where its name has that of the new one
   * @throws UsageException if the repository has no release, or one that is not later
   * @throws org.qrepo.RefusedException if clients refuse what the publisher signs now
   */
  public static String migrating(
      Session session,
      TrustedKeys trusted,
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
                        "Set repository.release in qrepo.yml; client migrate also takes --to 4.3."));
    if (from.compareTo(to) >= 0) {
      throw new UsageException(
          "from Qubes " + from.number() + " to " + to.number() + " is no way forward");
    }
    RepositoryName before = old.orElseGet(() -> named(dropIn.repository(), from, to));
    return InstallerScript.migrating(
        dropIn,
        keys(session, trusted, config),
        KeyringPackages.identity(config).packageName(),
        from,
        to,
        before);
  }

  private static RepositoryName named(RepositoryName now, QubesRelease from, QubesRelease to) {
    return new RepositoryName(now.value().replace(to.number(), from.number()));
  }

  /** The publisher's own first; then those that may have signed what is published. */
  private static List<ClientKey> keys(Session session, TrustedKeys trusted, Config config)
      throws IOException {
    Instant now = Instant.now();
    Certificate own = PublisherKey.usable(session, config, now);
    List<Certificate> all = new ArrayList<>(List.of(own));
    PublishedKeys.of(config, trusted).current().stream()
        .filter(c -> !c.fingerprint().equals(own.fingerprint()))
        .filter(c -> CertificateHealth.refusal(c, now).isEmpty())
        .forEach(all::add);
    return all.stream().map(c -> new ClientKey(c.fingerprint(), c.armored(now))).toList();
  }
}
