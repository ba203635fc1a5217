package org.qrepo.cli.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.keys.CertificateHealth;
import org.qrepo.cli.keys.PublisherKey;
import org.qrepo.client.KeyringContent;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.Armoring;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.Keyring;

/**
 * The keys of a publisher's keyring: the one that signs, those whose signatures are accepted in the
 * repository, further ones, the next one, and the revoked ones.
 */
final class KeyringKeys {
  private final Config config;
  private final Instant now;
  private final Certificate own;
  private final Keyring atHand;
  private final Map<Fingerprint, Certificate> trusted = new LinkedHashMap<>();
  private final List<Finding> refusals = new ArrayList<>();

  private KeyringKeys(Config config, Instant now, Certificate own, Keyring atHand) {
    this.config = config;
    this.now = now;
    this.own = own;
    this.atHand = atHand;
  }

  /**
   * Reads the certificates and puts the keyring together; warns of keys that expire soon.
   *
   * @throws RefusedException with all that would keep clients from what they should get
   */
  static KeyringContent content(Session session, Config config, Instant now) throws IOException {
    Certificate own = PublisherKey.certificate(session, config);
    Keyring atHand = Keyring.of(own);
    List<Path> files = new ArrayList<>(config.signing().certificates());
    files.addAll(config.keyring().keys());
    config.keyring().next().ifPresent(files::add);
    config.signing().keyFile().filter(Files::isReadable).ifPresent(files::add);
    for (Path file : files) {
      atHand = atHand.with(Keyring.read(file));
    }
    KeyringKeys keys = new KeyringKeys(config, now, own, atHand);
    KeyringContent content = keys.content();
    for (Certificate certificate : keys.trusted.values()) {
      CertificateHealth.expiry(certificate, now).ifPresent(session.console()::warning);
    }
    return content;
  }

  private KeyringContent content() throws IOException {
    trust(merged(own.fingerprint()));
    config.signing().trusted().stream()
        .sorted(Comparator.comparing(Fingerprint::hex))
        .forEach(this::trustAccepted);
    for (Path file : config.keyring().keys()) {
      Keyring.read(file).certificates().stream()
          .filter(c -> !isRevoked(c.fingerprint()))
          .forEach(c -> trust(merged(c.fingerprint())));
    }
    if (config.keyring().next().isPresent()) {
      Keyring.read(config.keyring().next().get())
          .certificates()
          .forEach(c -> trust(merged(c.fingerprint())));
    }
    List<Certificate> all = new ArrayList<>(trusted.values());
    config.keyring().revoked().forEach(f -> revoked(f).ifPresent(all::add));
    if (!refusals.isEmpty()) {
      throw new RefusedException(refusals);
    }
    byte[] certificates = export(all);
    return new KeyringContent(
        certificates,
        Armoring.certificates(certificates),
        List.copyOf(trusted.keySet()),
        config.keyring().revoked().stream().distinct().toList());
  }

  /** All that is known of it, so that a revocation in one of the files counts. */
  private Certificate merged(Fingerprint primary) {
    return atHand.find(primary).orElseThrow();
  }

  private boolean isRevoked(Fingerprint primary) {
    return config.keyring().revoked().contains(primary);
  }

  private void trust(Certificate certificate) {
    Fingerprint primary = certificate.fingerprint();
    if (isRevoked(primary)) {
      refusals.add(
          Finding.of(
              "keyring-key-revoked",
              primary.grouped(),
              "this key is to sign for clients, and keyring.revoked takes it away from them",
              "Remove it from keyring.revoked, or sign with another key."));
      return;
    }
    CertificateHealth.refusal(certificate, now)
        .ifPresentOrElse(refusals::add, () -> trusted.put(primary, certificate));
  }

  private void trustAccepted(Fingerprint fingerprint) {
    atHand
        .find(fingerprint)
        .ifPresentOrElse(
            certificate -> {
              if (!isRevoked(certificate.fingerprint())) {
                trust(certificate);
              }
            },
            () -> refusals.add(missing(fingerprint)));
  }

  /** A key is disabled by the fingerprint of its primary key, and by no other. */
  private Optional<Certificate> revoked(Fingerprint fingerprint) {
    Optional<Certificate> found = atHand.find(fingerprint);
    if (found.isPresent() && !found.get().fingerprint().equals(fingerprint)) {
      refusals.add(
          Finding.of(
              "keyring-subkey-revoked",
              fingerprint.grouped(),
              "this is a subkey, and a keyring can only revoke whole certificates",
              "Revoke the subkey with gpg, and put the new certificate into keyring.keys; or name",
              "the primary key: " + found.get().fingerprint().grouped()));
      return Optional.empty();
    }
    return found;
  }

  private static Finding missing(Fingerprint fingerprint) {
    return Finding.of(
        "certificate-missing",
        fingerprint.grouped(),
        "signing.trusted accepts this key, but its certificate is not at hand",
        "Clients need it too. Name a file that holds it: keyring.keys or signing.certificates.");
  }

  private byte[] export(List<Certificate> certificates) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    certificates.forEach(c -> out.writeBytes(c.export(now, certificates)));
    return out.toByteArray();
  }
}
