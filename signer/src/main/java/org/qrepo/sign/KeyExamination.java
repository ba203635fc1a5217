package org.qrepo.sign;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Verifier.Verdict;
import org.qrepo.sign.openpgp.SignaturePacket;

/** One signature and the key that it says has made it. */
final class KeyExamination {
  private final String subject;
  private final SignaturePacket signature;
  private final Instant created;
  private final Certificate certificate;
  private final CertifiedKey key;
  private final Instant now;
  private final List<SignatureFinding> findings = new ArrayList<>();
  private boolean overOtherBytes;

  KeyExamination(
      String subject, SignaturePacket signature, Instant created, Keyring.Holder by, Instant now) {
    this.subject = subject;
    this.signature = signature;
    this.created = created;
    this.certificate = by.certificate();
    this.key = certified(by, now);
    this.now = now;
  }

  private static CertifiedKey certified(Keyring.Holder by, Instant now) {
    return by.certificate().keys(now).stream()
        .filter(k -> k.fingerprint().equals(by.key().fingerprint()))
        .findFirst()
        .orElseThrow();
  }

  private String owner() {
    return certificate.description(now);
  }

  private void found(SignatureFault fault, String reason) {
    String user = certificate.userIds(now).stream().findFirst().orElse(key.packet().keyId());
    findings.add(SignatureFinding.of(fault, subject, reason, user, key.fingerprint().hex()));
  }

  void disabled() {
    found(
        SignatureFault.KEY_DISABLED,
        "signed by key "
            + key.fingerprint()
            + " of "
            + owner()
            + ", which its pacman keyring lists as revoked");
  }

  void notAllowed() {
    found(
        SignatureFault.KEY_NOT_ALLOWED,
        "signed by key " + key.fingerprint() + " of " + owner() + ", which is not allowed here");
  }

  /** Compares the signature with what was hashed. */
  void bytes(Digests digests) {
    if (!key.packet().key().canVerify()) {
      return;
    }
    HashAlgorithm hash = signature.hash().orElseThrow();
    byte[] digest = digests.digestWith(hash, signature.trailer());
    if (signature.keyAlgorithm() != key.packet().algorithm()
        || !key.packet().key().verify(hash, digest, signature)) {
      overOtherBytes = true;
      found(SignatureFault.BAD, "the signature by " + owner() + " is not over these bytes");
    } else if (!signature.leads(digest)) {
      found(SignatureFault.LEADING_OCTETS, SignatureFault.LEADING_OCTETS.meaning());
    }
  }

  /** With all else that is wrong, unless the signature says nothing that can be relied upon. */
  Examination result() {
    if (!overOtherBytes) {
      rules();
    }
    boolean good = findings.stream().noneMatch(SignatureFinding::isError);
    return new Examination(
        findings,
        good
            ? Optional.of(new Verdict.Good(certificate.fingerprint(), created))
            : Optional.empty());
  }

  private void rules() {
    KeyRules.broken(owner(), key, created, now)
        .ifPresent(broken -> found(broken.fault(), broken.reason()));
    SignatureRules.times(signature, created, now)
        .ifPresent(broken -> found(broken.fault(), broken.reason()));
    if (!signature.issuerIsSigned()) {
      found(SignatureFault.ISSUER_UNHASHED, SignatureFault.ISSUER_UNHASHED.meaning());
    }
    key.expires()
        .filter(end -> now.isBefore(end) && end.isBefore(now.plus(KeyFileSigner.EXPIRY_NOTICE)))
        .ifPresent(
            end ->
                found(
                    SignatureFault.KEY_EXPIRES_SOON,
                    "key " + key.fingerprint() + " expires on " + end));
  }
}
