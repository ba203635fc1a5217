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
   * Why a key must not be signed with, for someone who is about to: no client has seen anything
   * yet.
   *
   * @param subject what the finding is about: the key file
   * @param owner the certificate, as people know it
   * @param signed when the signature is made
   */
  static Optional<Finding> refusal(
      String subject, String owner, CertifiedKey key, Instant signed, Instant now) {
    String fingerprint = key.fingerprint().hex();
    return broken(owner, key, signed, now)
        .map(b -> SignatureFinding.of(b.fault(), subject, b.reason(), owner, fingerprint))
        .map(SignatureFinding::withoutClients);
  }

  /**
   * The first rule that the key breaks.
   *
   * @param owner the certificate, as people know it
   * @param signed when the signature was made
   */
  static Optional<SignatureRules.Broken> broken(
      String owner, CertifiedKey key, Instant signed, Instant now) {
    return capability(key).or(() -> validity(owner, key, signed, now));
  }

  private static Optional<SignatureRules.Broken> capability(CertifiedKey key) {
    String name = key.algorithm() + " key " + key.fingerprint();
    if (!key.packet().key().canVerify()) {
      return broken(
          SignatureFault.KEY_UNSUPPORTED, name + " is of a kind that is not verified here");
    }
    if (key.packet().key().weak()) {
      return broken(SignatureFault.KEY_WEAK, name + " is too short");
    }
    if (key.binding() == Binding.UNBOUND) {
      return broken(
          SignatureFault.KEY_NOT_BOUND,
          name + " has no valid signature of its owner that makes it part of the certificate");
    }
    if (key.binding() == Binding.WITHOUT_CONSENT) {
      return broken(
          SignatureFault.KEY_NOT_CROSS_CERTIFIED,
          name + " is a signing subkey without its own signature on the binding");
    }
    if (!key.signs()) {
      return broken(SignatureFault.KEY_NOT_SIGNING, name + " is not meant for signing");
    }
    return Optional.empty();
  }

  private static Optional<SignatureRules.Broken> validity(
      String owner, CertifiedKey key, Instant signed, Instant now) {
    if (key.revoked()) {
      return broken(
          SignatureFault.KEY_REVOKED, "key " + key.fingerprint() + " of " + owner + " was revoked");
    }
    if (key.created().isAfter(signed)) {
      return broken(
          SignatureFault.KEY_NEWER,
          "key %s was made on %s, after the signature (%s)"
              .formatted(key.fingerprint(), key.created(), signed));
    }
    return key.expires().flatMap(end -> expiry(key, end, signed, now));
  }

  private static Optional<SignatureRules.Broken> expiry(
      CertifiedKey key, Instant end, Instant signed, Instant now) {
    boolean earlier = signed.isBefore(now.truncatedTo(ChronoUnit.SECONDS));
    if (earlier && !signed.isBefore(end)) {
      return broken(
          SignatureFault.KEY_EXPIRED_AT_SIGNING,
          "key %s had expired on %s, before the signature was made (%s)"
              .formatted(key.fingerprint(), end, signed));
    }
    if (!now.isBefore(end)) {
      return broken(SignatureFault.KEY_EXPIRED, "key " + key.fingerprint() + " expired on " + end);
    }
    return Optional.empty();
  }

  private static Optional<SignatureRules.Broken> broken(SignatureFault fault, String reason) {
    return Optional.of(new SignatureRules.Broken(fault, reason));
  }
}
