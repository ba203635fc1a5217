package org.qrepo.cli.keys;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.SigningBackend;
import org.qrepo.publish.Signer;
import org.qrepo.sign.CertifiedKey;
import org.qrepo.sign.KeyFileSigner;
import org.qrepo.sign.Keyring;
import org.qrepo.sign.SecretKeyFile;

/** Opens the configured signing key. */
public final class SigningKeys {
  private final Session session;
  private final Config config;
  private final Optional<Path> passphraseFile;
  private final InstantSource clock;

  /**
   * @param passphraseFile what {@code --passphrase-file} said
   * @param clock gives the time of signatures
   */
  public SigningKeys(
      Session session, Config config, Optional<Path> passphraseFile, InstantSource clock) {
    this.session = session;
    this.config = config;
    this.passphraseFile = passphraseFile;
    this.clock = clock;
  }

  public SigningKeys(Session session, Config config, Optional<Path> passphraseFile) {
    this(session, config, passphraseFile, InstantSource.system());
  }

  /**
   * Opens the key, asking for its passphrase if it has one; warns of its near end and of an open
   * file. The caller closes it.
   *
   * @throws UsageException if no key is configured
   * @throws org.qrepo.publish.SigningException if it cannot be used
   */
  public Signer open() {
    Config.Signing signing = config.signing();
    SecretKeyFile file = SecretKeyFile.read(keyFile(config));
    KeyFileSigner signer =
        file.signer(
            signing.key(),
            new Passphrases(session, config, passphraseFile),
            notBeforeKeys(file.keyring()));
    signer.warnings().forEach(session.console()::warning);
    return signer;
  }

  /**
   * A time that was set may lie before a key was made; a signature of then would count for nothing.
   */
  private InstantSource notBeforeKeys(Keyring keyring) {
    Instant latest =
        keyring.certificates().stream()
            .flatMap(c -> c.keys(Instant.now()).stream())
            .map(CertifiedKey::created)
            .max(Comparator.naturalOrder())
            .orElse(Instant.MIN);
    return () -> clock.instant().isBefore(latest) ? latest : clock.instant();
  }

  /**
   * The file of the configured key.
   *
   * @throws UsageException if there is none, or the key is somewhere else
   */
  static Path keyFile(Config config) {
    SigningBackend backend = config.signing().backend();
    if (backend != SigningBackend.FILE) {
      String word = backend.name().toLowerCase(Locale.ROOT).replace('_', '-');
      throw new UsageException(
          "this version signs with key files only, not through " + word,
          "Export the key, and set signing.backend: file and signing.key-file.");
    }
    return config
        .signing()
        .keyFile()
        .orElseThrow(
            () ->
                new UsageException(
                    "there is no key to sign with",
                    "Name one: signing.key-file in qrepo.yml, QREPO_SIGNING_KEY_FILE, or publish --key FILE.",
                    "Make one: qrepo key generate 'Name <mail@example.org>'"));
  }
}
