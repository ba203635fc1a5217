package org.qrepo.sign;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Signable;
import org.qrepo.publish.Signer;
import org.qrepo.publish.SigningException;
import org.qrepo.publish.Verifier;
import org.qrepo.sign.openpgp.PrivateKey;
import org.qrepo.sign.openpgp.SignaturePacket;
import org.qrepo.sign.openpgp.SignatureType;

/**
 * Signs with an unlocked key from a file. The digest that was computed when the bytes were read is
 * continued, so that nothing is read twice. Safe for use by several threads.
 */
public final class KeyFileSigner implements Signer {
  /** How long before its expiry a key is warned about. */
  public static final Duration EXPIRY_NOTICE = Duration.ofDays(60);

  private final String file;
  private final Certificate certificate;
  private final CertifiedKey key;
  private final PrivateKey privateKey;
  private final List<Finding> fileWarnings;
  private final InstantSource clock;
  private final Verifier twin;

  KeyFileSigner(
      String file,
      Certificate certificate,
      CertifiedKey key,
      PrivateKey privateKey,
      List<Finding> fileWarnings,
      InstantSource clock) {
    this.file = file;
    this.certificate = certificate;
    this.key = key;
    this.privateKey = privateKey;
    this.fileWarnings = List.copyOf(fileWarnings);
    this.clock = clock;
    this.twin = new KeyringVerifier(Keyring.of(certificate), Set.of(key.fingerprint()), clock);
  }

  @Override
  public Fingerprint certificate() {
    return certificate.fingerprint();
  }

  /** The certificate to give to clients. */
  public Certificate publicCertificate() {
    return certificate;
  }

  /** The key that signs: the primary key, or a subkey. */
  public CertifiedKey key() {
    return key;
  }

  /** The hash that this key signs with. */
  public HashAlgorithm hash() {
    return key.packet().key().signingHash();
  }

  @Override
  public String description() {
    return "%s, %s, key file %s"
        .formatted(certificate.description(clock.instant()), key.algorithm(), file);
  }

  /** What the user should know before relying on this key: open file, near expiry. */
  public List<Finding> warnings() {
    List<Finding> warnings = new ArrayList<>(fileWarnings);
    Instant now = clock.instant();
    key.expires()
        .filter(end -> end.isBefore(now.plus(EXPIRY_NOTICE)))
        .ifPresent(end -> warnings.add(expiresSoon(end, now)));
    return List.copyOf(warnings);
  }

  private Finding expiresSoon(Instant end, Instant now) {
    return Finding.of(
        "key-expires-soon",
        file,
        "key %s expires on %s, in %d days"
            .formatted(key.fingerprint(), end, Duration.between(now, end).toDays()),
        "Clients refuse every signature of an expired key, old ones too.",
        "Extend it now and ship the new certificate before: gpg --quick-set-expire "
            + certificate.fingerprint()
            + " 2y");
  }

  @Override
  public byte[] sign(Signable signable) {
    HashAlgorithm hash = hash();
    Digests digests = digests(signable, hash);
    SignaturePacket.Draft draft =
        new SignaturePacket.Draft(SignatureType.BINARY, key.packet(), hash, clock.instant());
    byte[] digest = digests.digestWith(hash, draft.trailer());
    byte[] signature = draft.sign(digest, privateKey).packet().encoded();
    Verifier.Verdict verdict =
        twin.verify(signable.name(), signature, digests, Verifier.Form.BINARY);
    if (verdict instanceof Verifier.Verdict.Bad bad) {
      throw new SigningException(rejected(bad.finding()));
    }
    return signature;
  }

  /** A signature that does not fit the bytes just signed can only come from a damaged key. */
  private Finding rejected(Finding finding) {
    if (!finding.id().equals("signature-bad")) {
      return finding;
    }
    return Finding.of(
        "key-damaged",
        file,
        "the secret half of key " + key.fingerprint() + " does not belong to its public half",
        "What it signs does not verify, and was thrown away. Export the key again.");
  }

  /** Those at hand, or, for the few keys that need a longer hash, those of the bytes again. */
  private static Digests digests(Signable signable, HashAlgorithm hash) {
    Digests known = signable.digests();
    if (known.has(hash)) {
      return known;
    }
    try (InputStream in = signable.open()) {
      Digests read = Digests.of(in, Set.of(hash));
      if (!read.sha256().equals(known.sha256())) {
        throw new SigningException(
            Finding.of(
                "changed-while-signing", signable.name(), "the file changed since it was read"));
      }
      return read;
    } catch (IOException e) {
      throw new SigningException(signable.name() + " cannot be read again: " + e, e);
    }
  }

  /** The fingerprint of the key that signs, if it is not the primary key. */
  public Optional<Fingerprint> subkey() {
    return key.primary() ? Optional.empty() : Optional.of(key.fingerprint());
  }
}
