package org.qrepo.cli.keys;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
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
   * @throws RefusedException if the file holds no key
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

  /**
   * The same, if clients accept what it signs.
   *
   * @throws RefusedException if they do not: it is revoked, or has expired
   */
  public static Certificate usable(Session session, Config config, Instant now) throws IOException {
    Certificate certificate = certificate(session, config);
    Optional<Finding> refusal = CertificateHealth.refusal(merged(config, certificate), now);
    if (refusal.isPresent()) {
      throw new RefusedException(refusal.get());
    }
    return certificate;
  }

  /** With what the configured files know of it, a revocation for instance. */
  private static Certificate merged(Config config, Certificate certificate) throws IOException {
    Keyring atHand = Keyring.of(certificate);
    for (Path file : config.signing().certificates()) {
      atHand = atHand.with(Keyring.read(file));
    }
    return atHand.find(certificate.fingerprint()).orElse(certificate);
  }

  private static UsageException nothing() {
    return new UsageException(
        "which key do clients have to trust?",
        "Name it: --key, or signing.key-file in qrepo.yml.",
        "Make one: qrepo key generate 'Name <mail@example.org>'");
  }
}
