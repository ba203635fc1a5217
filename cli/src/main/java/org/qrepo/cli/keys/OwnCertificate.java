package org.qrepo.cli.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.SigningBackend;
import org.qrepo.io.AtomicFile;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.SigningException;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.Keyring;
import org.qrepo.sign.program.Backend;
import org.qrepo.sign.program.CertificateExport;
import org.qrepo.sign.program.ProgramSettings;

/**
 * The certificate of a key that is not in a file: from the configured files of certificates, or
 * else from the program that holds the key. What another qube gave is kept for a day, so that
 * looking at a repository does not ask it each time.
 */
public final class OwnCertificate {
  private static final Duration FRESH = Duration.ofDays(1);

  private final Session session;
  private final Config.Signing signing;

  public OwnCertificate(Session session, Config config) {
    this.session = session;
    this.signing = config.signing();
  }

  /** Whether the key is somewhere else than in a file. */
  public boolean isElsewhere() {
    return signing.backend() != SigningBackend.FILE;
  }

  /**
   * The fingerprint of the key, which must be configured.
   *
   * @throws UsageException if it is not
   */
  public Fingerprint fingerprint() {
    return signing
        .key()
        .orElseThrow(
            () ->
                new UsageException(
                    "which key is to sign? " + word() + " needs its full fingerprint",
                    "Name it: signing.key in qrepo.yml, QREPO_SIGNING_KEY, or --key "
                        + word()
                        + ":FINGERPRINT."));
  }

  /**
   * The certificate, as it is known.
   *
   * @throws SigningException if the program that holds the key cannot give it
   */
  public Certificate get() throws IOException {
    Optional<Certificate> known = configured().or(this::kept);
    return known.isPresent() ? known.get() : fresh();
  }

  /** The certificate as the program that holds the key has it now; the configured one otherwise. */
  public Certificate fresh() throws IOException {
    Optional<Certificate> fetched = export().fetch(fingerprint());
    if (fetched.isPresent()) {
      if (!isHere()) {
        keep(fetched.get());
      }
      return fetched.get();
    }
    return configured().orElseThrow(this::nowhere);
  }

  private Optional<Certificate> configured() {
    for (Path file : signing.certificates()) {
      Optional<Certificate> found = read(file).find(fingerprint());
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Keyring read(Path file) {
    try {
      return Keyring.read(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** What was fetched not long ago, unless it could not be used. */
  private Optional<Certificate> kept() {
    Path file = file();
    Instant now = Instant.now();
    try {
      if (isHere()
          || !Files.isRegularFile(file)
          || Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(FRESH))) {
        return Optional.empty();
      }
      return Keyring.read(file)
          .find(fingerprint())
          .filter(c -> CertificateHealth.refusal(c, now).isEmpty());
    } catch (IOException | RefusedException e) {
      return Optional.empty();
    }
  }

  /** The gpg of this machine is asked each time: it knows first what has changed. */
  private boolean isHere() {
    return signing.backend() == SigningBackend.GPG;
  }

  private void keep(Certificate certificate) {
    try {
      Files.createDirectories(file().getParent());
      AtomicFile.write(
          file(), certificate.export(Instant.now()), PosixFilePermissions.fromString("rw-r--r--"));
    } catch (IOException e) {
      session.console().verbose("the certificate cannot be kept: " + e);
    }
  }

  private Path file() {
    return session
        .stateDirectory()
        .resolve("certificates")
        .resolve(word() + "-" + fingerprint() + ".gpg");
  }

  private CertificateExport export() {
    Backend backend =
        new Backends(signing, session.environment())
            .configured()
            .orElseThrow(() -> new IllegalStateException("the key is in a file"));
    return new CertificateExport(backend, settings(session, signing));
  }

  /** How the configured programs are run. */
  static ProgramSettings settings(Session session, Config.Signing signing) {
    return new ProgramSettings(
        session.environment(),
        signing.programs().timeout(),
        session.console()::note,
        InstantSource.system());
  }

  private SigningException nowhere() {
    return new SigningException(
        Finding.of(
            "certificate-missing",
            fingerprint().grouped(),
            "the certificate of this key is not at hand, and " + word() + " cannot give it",
            "Where the key is: gpg --export " + fingerprint() + " > mine.gpg",
            "Here: signing.certificates: [mine.gpg]"));
  }

  private String word() {
    return Backends.word(signing.backend());
  }
}
