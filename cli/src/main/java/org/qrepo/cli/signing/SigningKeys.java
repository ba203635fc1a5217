package org.qrepo.cli.signing;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qrepo.Finding;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.SigningBackend;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Signer;
import org.qrepo.publish.Verifier;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.KeyFileSigner;
import org.qrepo.sign.Keyring;
import org.qrepo.sign.KeyringVerifier;
import org.qrepo.sign.SecretKeyFile;

/**
 * The keys of one configuration. The secret key is unlocked only when something has to be signed:
 * planning, listing and verifying need its public half alone.
 */
public final class SigningKeys implements AutoCloseable {
  private final Session session;
  private final Config.Signing signing;
  private final InstantSource clock;
  private final Optional<SecretKeyFile> keyFile;
  private final Keyring keyring;
  private @Nullable KeyFileSigner signer;

  private SigningKeys(
      Session session,
      Config.Signing signing,
      InstantSource clock,
      Optional<SecretKeyFile> keyFile,
      Keyring keyring) {
    this.session = session;
    this.signing = signing;
    this.clock = clock;
    this.keyFile = keyFile;
    this.keyring = keyring;
  }

  /**
   * Reads the public keys that the configuration names, and unlocks nothing.
   *
   * @param clock gives the time of new signatures
   */
  public static SigningKeys of(Session session, Config.Signing signing, InstantSource clock)
      throws IOException {
    if (signing.backend() != SigningBackend.FILE) {
      throw new UsageException(
          "signing.backend: this version of qrepo signs with key files only",
          "Set signing.backend to file and signing.key-file to an exported secret key.");
    }
    Optional<SecretKeyFile> keyFile = signing.keyFile().map(SecretKeyFile::read);
    Keyring keyring = keyFile.map(SecretKeyFile::keyring).orElse(Keyring.of());
    for (Path file : signing.certificates()) {
      keyring = keyring.with(Keyring.read(file));
    }
    return new SigningKeys(session, signing, clock, keyFile, keyring);
  }

  /** Accepts what the signing key and the trusted certificates have signed, and nothing else. */
  public Verifier verifier() {
    return new KeyringVerifier(keyring, allowed(), InstantSource.system());
  }

  private Set<Fingerprint> allowed() {
    Set<Fingerprint> allowed = new HashSet<>(signing.trusted());
    signing.key().ifPresent(key -> allowed.add(primary(key)));
    if (signing.key().isEmpty() && keyFile.isPresent()) {
      allowed.add(onlyCertificate(keyFile.get()).fingerprint());
    }
    for (Fingerprint fingerprint : allowed) {
      if (keyring.find(fingerprint).isEmpty()) {
        throw unknown(fingerprint);
      }
    }
    return allowed;
  }

  private Fingerprint primary(Fingerprint key) {
    return keyring.find(key).map(Certificate::fingerprint).orElse(key);
  }

  private UsageException unknown(Fingerprint fingerprint) {
    return new UsageException(
        "no certificate of " + fingerprint.grouped() + " is at hand",
        "Export it (gpg --export --armor " + fingerprint + " > FILE)",
        "and name the file in signing.certificates, or with --trust FILE.");
  }

  private static Certificate onlyCertificate(SecretKeyFile file) {
    List<Certificate> certificates = file.keyring().certificates();
    if (certificates.size() != 1) {
      throw new UsageException(
          "the key file holds " + certificates.size() + " keys",
          "Say which one signs: signing.key, 40 hex digits.");
    }
    return certificates.get(0);
  }

  /** The certificate that signatures are made under. */
  public Optional<Certificate> certificate() {
    return keyFile.map(
        file ->
            signing
                .key()
                .map(key -> keyring.find(key).orElseThrow(() -> unknown(key)))
                .orElseGet(() -> onlyCertificate(file)));
  }

  /**
   * The signer; the first call unlocks its key.
   *
   * @throws UsageException if no key is configured
   */
  public synchronized Signer signer() {
    if (signer == null) {
      SecretKeyFile file =
          keyFile.orElseThrow(
              () ->
                  new UsageException(
                      "no key to sign with",
                      "Name one: signing.key-file in qrepo.yml, or --key FILE.",
                      "qrepo key generate makes one."));
      signer = file.signer(signing.key(), new PassphraseSources(session, signing), clock);
      for (Finding warning : signer.warnings()) {
        session.console().warning(warning);
      }
    }
    return signer;
  }

  @Override
  public synchronized void close() {
    if (signer != null) {
      signer.close();
      signer = null;
    }
  }
}
