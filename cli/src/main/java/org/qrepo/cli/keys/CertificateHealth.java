package org.qrepo.cli.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.CertifiedKey;
import org.qrepo.sign.KeyFileSigner;

/** Whether signatures of a certificate are accepted, and for how long. */
public final class CertificateHealth {
  private CertificateHealth() {}

  /** Why clients refuse what it signs now; empty if they do not. */
  public static Optional<Finding> refusal(Certificate certificate, Instant now) {
    String subject = certificate.fingerprint().grouped();
    if (certificate.revoked()) {
      return Optional.of(
          Finding.of(
              "key-revoked",
              subject,
              "the key is revoked",
              "Clients that know of it refuse every signature of this key. Sign with another key."));
    }
    if (certificate.signingKeys(now).isEmpty()) {
      return Optional.of(
          Finding.of(
              "key-cannot-sign",
              subject,
              "no key of this certificate can sign now",
              "Clients refuse what it signs: it has expired, or was not made for signing.",
              "Extend it, or sign with another key."));
    }
    return Optional.empty();
  }

  /**
   * That its primary key or one of its signing keys expires within {@link
   * KeyFileSigner#EXPIRY_NOTICE}.
   */
  public static Optional<Finding> expiry(Certificate certificate, Instant now) {
    Instant notice = now.plus(KeyFileSigner.EXPIRY_NOTICE);
    Optional<Finding> whole =
        certificate
            .expires(now)
            .filter(notice::isAfter)
            .map(end -> soon(certificate.fingerprint().grouped(), "the key", now, end));
    return whole.isPresent()
        ? whole
        : certificate.signingKeys(now).stream()
            .filter(key -> key.expires().filter(notice::isAfter).isPresent())
            .findFirst()
            .map(key -> subkey(certificate, key, now));
  }

  private static Finding subkey(Certificate certificate, CertifiedKey key, Instant now) {
    String what = "its signing subkey " + key.fingerprint().grouped();
    return soon(certificate.fingerprint().grouped(), what, now, key.expires().orElse(Instant.MAX));
  }

  private static Finding soon(String subject, String what, Instant now, Instant end) {
    long days = Duration.between(now, end).toDays();
    return Finding.of(
        "key-expires-soon",
        subject,
        what + " expires in " + days + (days == 1 ? " day" : " days"),
        "Clients refuse every signature of an expired key, old ones too.",
        "Extend it, and ship the new certificate, before that day.");
  }
}
