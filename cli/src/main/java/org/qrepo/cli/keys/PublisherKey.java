package org.qrepo.cli.keys;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.Keyring;

/** The certificate of the key that this publisher signs with, which clients have to trust. */
public final class PublisherKey {
  private PublisherKey() {}

  /**
   * The certificate of the configured key, wherever the key is.
   *
   * @throws UsageException if no key is configured, or a file holds several and none is named
   * @throws org.qrepo.RefusedException if the file holds no key
   */
  public static Certificate certificate(Session session, Config config) throws IOException {
    OwnCertificate own = new OwnCertificate(session, config);
    if (own.isElsewhere()) {
      return own.get();
    }
    Path file = config.signing().keyFile().orElseThrow(PublisherKey::nothing);
    Keyring keyring = Keyring.read(file);
    Optional<Fingerprint> key = config.signing().key();
    if (key.isPresent()) {
      return keyring
          .find(key.get())
          .orElseThrow(
              () -> new UsageException(file + " does not hold the key " + key.get().grouped()));
    }
    List<Certificate> all = keyring.certificates();
    if (all.size() != 1) {
      throw new UsageException(
          file + " holds several keys", "Say which one: signing.key in qrepo.yml.");
    }
    return all.get(0);
  }

  private static UsageException nothing() {
    return new UsageException(
        "which key do clients have to trust?",
        "Name it: --key, or signing.key-file in qrepo.yml.",
        "Make one: qrepo key generate 'Name <mail@example.org>'");
  }
}
