package org.qrepo.cli.keys;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.publish.Signer;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.CertifiedKey;
import org.qrepo.sign.KeyFileSigner;
import org.qrepo.sign.Keyring;
import org.qrepo.sign.ResumingSigner;
import org.qrepo.sign.SecretKeyFile;
import org.qrepo.sign.SignatureShelf;
import org.qrepo.sign.program.Backend;
import org.qrepo.sign.program.ProgramSigner;

/** Opens the configured signing key. */
public final class SigningKeys {
  private final Session session;
  private final Config config;
  private final Optional<Path> passphraseFile;
  private final InstantSource clock;

  /**
   * @param passphraseFile what {@code --passphrase-file} said
   * @param clock gives the time of signatures made with a key file
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
   * Opens the key, asking for its passphrase if it is in a file and has one; warns of its near end
   * and of an open file. The caller closes it.
   *
   * @throws UsageException if no key is configured
   * @throws org.qrepo.publish.SigningException if it cannot be used
   */
  public Signer open() throws IOException {
    Optional<Backend> backend = backend();
    return backend.isPresent() ? program(backend.get()) : ofFile();
  }

  /**
   * As {@link #open}, for work whose signatures are stored only when all are made: those of a
   * program, for which a person may have been asked, are kept for when the work is done again.
   */
  public Signer openResumable() throws IOException {
    Optional<Backend> backend = backend();
    if (backend.isEmpty()) {
      return ofFile();
    }
    ProgramSigner signer = program(backend.get());
    SignatureShelf shelf = new SignatureShelf(session.stateDirectory().resolve("signatures"));
    return new ResumingSigner(
        signer, signer.verifier(), shelf, session.console()::warning, InstantSource.system());
  }

  private Optional<Backend> backend() {
    return new Backends(config.signing(), session.environment()).configured();
  }

  private ProgramSigner program(Backend backend) throws IOException {
    if (passphraseFile.isPresent()) {
      throw new UsageException(
          "--passphrase-file is for keys in files: " + backend.name() + " asks by itself");
    }
    OwnCertificate own = new OwnCertificate(session, config);
    Certificate certificate = own.get();
    ProgramSigner signer =
        ProgramSigner.of(
            backend,
            certificate,
            own.fingerprint(),
            OwnCertificate.settings(session, config.signing()));
    CertificateHealth.expiry(certificate, Instant.now()).ifPresent(session.console()::warning);
    return signer;
  }

  private Signer ofFile() {
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
   * @throws UsageException if there is none
   */
  private static Path keyFile(Config config) {
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
