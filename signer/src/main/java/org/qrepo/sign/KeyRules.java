package org.qrepo.sign;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.sign.CertifiedKey.Binding;

/** Why a key may not have made a signature: one rule book for the signer and its twin. */
final class KeyRules {
  private KeyRules() {}

  /**
   * The first rule that the key breaks.
   *
   * @param subject what the finding is about: the signed file, or the key file
   * @param owner the certificate, as people know it
   * @param signed when the signature was made
   */
  static Optional<Finding> refusal(
      String subject, String owner, CertifiedKey key, Instant signed, Instant now) {
    return capability(subject, owner, key).or(() -> validity(subject, owner, key, signed, now));
  }

  private static Optional<Finding> capability(String subject, String owner, CertifiedKey key) {
    String name = key.algorithm() + " key " + key.fingerprint();
    if (!key.packet().key().canVerify()) {
      return found(
          "key-unsupported",
          subject,
          name + " is of a kind that does not sign here",
          "Use an RSA (2048 to 4096 bits), ed25519 or NIST curve key.");
    }
    if (key.packet().key().weak()) {
      return found(
          "key-weak",
          subject,
          name + " is too short",
          "rpm refuses it, and pacman will follow. Make a new key: at least RSA 2048, or ed25519.");
    }
    if (key.binding() == Binding.UNBOUND) {
      return found(
          "key-not-bound",
          subject,
          name + " has no valid signature of its owner that makes it part of the certificate",
          "Clients do not see this key: pacman will say: key \"...\" is unknown.",
          "Export the certificate " + owner + " anew.");
    }
    if (key.binding() == Binding.WITHOUT_CONSENT) {
      return found(
          "key-not-bound",
          subject,
          name + " is a signing subkey without its own signature on the binding",
          "Clients refuse its signatures: pacman will say: signature from \"...\" is invalid.",
          "Repair it: gpg --edit-key " + key.fingerprint() + " cross-certify save");
    }
    if (!key.signs()) {
      return found(
          "key-not-signing",
          subject,
          name + " is not meant for signing",
          "Clients refuse its signatures: pacman will say: signature from \"...\" is invalid.",
          "Add a signing subkey: gpg --quick-add-key " + key.fingerprint() + " ed25519 sign");
    }
    return Optional.empty();
  }

  private static Optional<Finding> validity(
      String subject, String owner, CertifiedKey key, Instant signed, Instant now) {
    if (key.revoked()) {
      return found(
          "key-revoked",
          subject,
          "key " + key.fingerprint() + " of " + owner + " was revoked",
          "Clients that know of it refuse every signature of this key, old ones too:",
          "pacman will say: signature from \"...\" is invalid. Sign anew with another key.");
    }
    if (key.created().isAfter(signed)) {
      return found(
          "key-newer-than-signature",
          subject,
          "key %s was made on %s, after the signature (%s)"
              .formatted(key.fingerprint(), key.created(), signed),
          "A clock is wrong. pacman will say: signature from \"...\" is invalid.");
    }
    return key.expires().flatMap(end -> expiry(subject, key, end, signed, now));
  }

  private static Optional<Finding> expiry(
      String subject, CertifiedKey key, Instant end, Instant signed, Instant now) {
    String extend =
        "Extend it (gpg --quick-set-expire "
            + key.fingerprint()
            + " 2y), export it again and ship the new certificate to clients.";
    boolean earlier = signed.isBefore(now.truncatedTo(ChronoUnit.SECONDS));
    if (earlier && !signed.isBefore(end)) {
      return found(
          "key-expired-at-signing",
          subject,
          "key %s had expired on %s, before the signature was made (%s)"
              .formatted(key.fingerprint(), end, signed),
          "pacman will say: signature from \"...\" is unknown trust, or is expired.",
          extend);
    }
    if (!now.isBefore(end)) {
      return found(
          "key-expired",
          subject,
          "key " + key.fingerprint() + " expired on " + end,
          "pacman will say: signature from \"...\" is unknown trust, or is expired.",
          extend);
    }
    return Optional.empty();
  }

  private static Optional<Finding> found(
      String id, String subject, String reason, String... details) {
    return Optional.of(Finding.of(id, subject, reason, details));
  }
}
