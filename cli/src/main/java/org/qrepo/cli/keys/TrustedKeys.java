package org.qrepo.cli.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.qrepo.Finding;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.Keyring;
import org.qrepo.sign.KeyringVerifier;
import org.qrepo.sign.TrustedCertificates;

/**
 * The certificates at hand, and those of them whose signatures count: the own key, the configured
 * fingerprints, and what {@code --trust} adds.
 */
public final class TrustedKeys {
  private static final Pattern FINGERPRINT = Pattern.compile("(0[xX])?([0-9A-Fa-f]\\s*){40}");

  private static final Pattern KEY_ID =
      Pattern.compile("(0[xX])?([0-9A-Fa-f]\\s*){8}(([0-9A-Fa-f]\\s*){8})?");

  private final Keyring keyring;
  private final Set<Fingerprint> allowed;
  private final Set<Fingerprint> disabled;

  private TrustedKeys(Keyring keyring, Set<Fingerprint> allowed, Set<Fingerprint> disabled) {
    this.keyring = keyring;
    this.allowed = Set.copyOf(allowed);
    this.disabled = Set.copyOf(disabled);
  }

  /**
   * Reads the certificates that the configuration and the flags name.
   *
   * @param trust fingerprints, or files or directories of certificates, see {@link
   *     TrustedCertificates}
   * @throws org.qrepo.RefusedException if a file of certificates is none
   * @throws org.qrepo.publish.SigningException if the program that holds the key cannot give its
   *     certificate
   */
  public static TrustedKeys of(Session session, Config config, List<String> trust)
      throws IOException {
    Config.Signing signing = config.signing();
    Set<Fingerprint> allowed = new HashSet<>(signing.trusted());
    Set<Fingerprint> disabled = new HashSet<>();
    signing.key().ifPresent(allowed::add);
    Keyring keyring = Keyring.of();
    for (Path file : signing.certificates()) {
      keyring = keyring.with(Keyring.read(file));
    }
    Optional<Keyring> own = own(session, config);
    if (own.isPresent()) {
      keyring = keyring.with(own.get());
      if (signing.key().isEmpty() && own.get().certificates().size() == 1) {
        allowed.add(own.get().certificates().get(0).fingerprint());
      }
    }
    for (String one : trust) {
      if (FINGERPRINT.matcher(one).matches()) {
        allowed.add(Fingerprint.parse(one));
      } else {
        TrustedCertificates more = certificates(session, one);
        allowed.addAll(more.trusted());
        disabled.addAll(more.revoked());
        keyring = keyring.with(more.certificates());
      }
    }
    return new TrustedKeys(keyring, allowed, disabled);
  }

  private static Optional<Keyring> own(Session session, Config config) throws IOException {
    OwnCertificate elsewhere = new OwnCertificate(session, config);
    if (elsewhere.isElsewhere()) {
      return config.signing().key().isPresent()
          ? Optional.of(Keyring.of(elsewhere.get()))
          : Optional.empty();
    }
    Optional<Path> file = config.signing().keyFile().filter(Files::isReadable);
    return file.isPresent() ? Optional.of(Keyring.read(file.get())) : Optional.empty();
  }

  private static TrustedCertificates certificates(Session session, String given)
      throws IOException {
    Path path = session.path(given);
    if (Files.exists(path)) {
      return TrustedCertificates.read(path);
    }
    if (KEY_ID.matcher(given).matches()) {
      throw new UsageException(
          "--trust " + given + ": a key id is not accepted",
          "Other keys with the same id can be made. Give the full fingerprint, 40 hex digits:",
          "gpg --fingerprint " + given + " shows it.");
    }
    throw new UsageException(
        "--trust "
            + given
            + ": neither a full fingerprint (40 hex digits) nor a file or directory");
  }

  /** Whose signatures count. */
  public Set<Fingerprint> allowed() {
    return allowed;
  }

  /** The trusted certificates that are at hand. */
  public List<Certificate> certificates() {
    return allowed.stream().flatMap(f -> keyring.find(f).stream()).distinct().toList();
  }

  /** A verifier for all of them. */
  public KeyringVerifier verifier() {
    return new KeyringVerifier(keyring, allowed, disabled, InstantSource.system());
  }

  /** A warning for each trusted fingerprint whose certificate is nowhere. */
  public List<Finding> warnings() {
    return allowed.stream()
        .filter(f -> keyring.find(f).isEmpty())
        .map(TrustedKeys::missing)
        .toList();
  }

  /**
   * A warning for each trusted certificate that ends soon.
   *
   * @param except one that is warned about elsewhere
   */
  public List<Finding> endingSoon(Fingerprint except, Instant now) {
    return certificates().stream()
        .filter(c -> !c.fingerprint().equals(except))
        .flatMap(c -> CertificateHealth.expiry(c, now).stream())
        .toList();
  }

  private static Finding missing(Fingerprint fingerprint) {
    return Finding.of(
        "certificate-missing",
        fingerprint.grouped(),
        "this key is trusted, but its certificate is not at hand",
        "Its signatures cannot be verified. Name a file that holds it: signing.certificates.");
  }
}
