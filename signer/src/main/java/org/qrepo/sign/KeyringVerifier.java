package org.qrepo.sign;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.qrepo.Finding;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Verifier;
import org.qrepo.sign.openpgp.HashIds;
import org.qrepo.sign.openpgp.PacketException;
import org.qrepo.sign.openpgp.SignaturePacket;
import org.qrepo.sign.openpgp.SignatureType;

/**
 * Verifies detached signatures with certificates at hand, for an allowed set of fingerprints: of a
 * primary key, which allows all of its signing subkeys, or of exactly one subkey. Stricter than
 * pacman where pacman is known to change its mind (SHA-1) or where a file holds more than it
 * should. Safe for use by several threads.
 */
public final class KeyringVerifier implements Verifier {
  /** How far ahead of ours the clock of a signer may be. */
  static final Duration SKEW = Duration.ofMinutes(5);

  private static final Set<HashAlgorithm> WEAK = EnumSet.of(HashAlgorithm.MD5, HashAlgorithm.SHA1);

  private final Keyring keyring;
  private final Set<Fingerprint> allowed;
  private final InstantSource clock;

  /**
   * A verifier for these certificates.
   *
   * @param allowed whose signatures count; without one, none does
   */
  public KeyringVerifier(Keyring keyring, Set<Fingerprint> allowed, InstantSource clock) {
    this.keyring = keyring;
    this.allowed = Set.copyOf(allowed);
    this.clock = clock;
  }

  @Override
  public Set<HashAlgorithm> algorithms(byte[] signature) {
    if (signature.length > MAX_SIGNATURE) {
      return Set.of();
    }
    try {
      return SignatureFile.read(signature, Form.BINARY_OR_ARMORED).stream()
          .flatMap(s -> s.hash().stream())
          .filter(h -> !WEAK.contains(h))
          .collect(Collectors.toUnmodifiableSet());
    } catch (SignatureFile.Refused e) {
      return Set.of();
    }
  }

  @Override
  public Verdict verify(String subject, byte[] signature, Digests digests, Form form) {
    List<SignaturePacket> all;
    try {
      all = SignatureFile.read(signature, form);
    } catch (SignatureFile.Refused e) {
      return new Verdict.Bad(e.finding(subject));
    }
    List<Verdict> verdicts = new ArrayList<>();
    for (SignaturePacket one : all) {
      Verdict verdict = verify(subject, one, digests);
      if (verdict instanceof Verdict.Bad) {
        return verdict;
      }
      verdicts.add(verdict);
    }
    return verdicts.get(0);
  }

  private Verdict verify(String subject, SignaturePacket signature, Digests digests) {
    try {
      Optional<Finding> form = form(subject, signature);
      if (form.isPresent()) {
        return new Verdict.Bad(form.get());
      }
      return verifyBy(subject, signature, digests);
    } catch (PacketException e) {
      return new Verdict.Bad(SignatureFile.malformed(subject, e.reason()));
    }
  }

  private static Optional<Finding> form(String subject, SignaturePacket signature)
      throws PacketException {
    if (signature.type() != SignatureType.BINARY) {
      return Optional.of(
          Finding.of(
              "signature-type",
              subject,
              "the signature is of type 0x%02x, not over a binary file".formatted(signature.type()),
              "Make it with: gpg --detach-sign FILE"));
    }
    Optional<HashAlgorithm> hash = signature.hash().filter(h -> !WEAK.contains(h));
    if (hash.isEmpty()) {
      return Optional.of(hashRefused(subject, signature));
    }
    if (signature.created().isEmpty()) {
      return Optional.of(
          SignatureFile.malformed(subject, "the signature does not state when it was made"));
    }
    if (signature.issuerKeyIds().isEmpty()) {
      return Optional.of(
          Finding.of(
              "signature-issuer-missing",
              subject,
              "the signature does not name its issuer by key id",
              "pacman looks keys up by it and cannot fetch a missing key; old rpm shows key 0.",
              "Sign again with gpg or qrepo."));
    }
    List<Integer> unknown = signature.unknownCritical();
    if (!unknown.isEmpty()) {
      return Optional.of(
          Finding.of(
              "signature-critical-subpacket",
              subject,
              "the signature demands that subpacket " + unknown.get(0) + " is understood",
              "Clients refuse it: pacman will say: signature from \"...\" is invalid.",
              "Sign again without critical notations or private subpackets."));
    }
    return Optional.empty();
  }

  private static Finding hashRefused(String subject, SignaturePacket signature) {
    String name = HashIds.name(signature.hashId());
    if (signature.hash().isEmpty()) {
      return Finding.of(
          "signature-hash-unsupported",
          subject,
          "the signature uses " + name + ", which is not supported",
          "Sign again with SHA-256: gpg --digest-algo SHA256 --detach-sign FILE");
    }
    return Finding.of(
        "signature-weak-hash",
        subject,
        "the signature uses " + name + ", which can be forged",
        signature.hash().equals(Optional.of(HashAlgorithm.MD5))
            ? "pacman will say: signature from \"...\" is invalid."
            : "pacman still takes SHA-1, rpm does not, and nobody should.",
        "Sign again with SHA-256: gpg --digest-algo SHA256 --detach-sign FILE");
  }

  private Verdict verifyBy(String subject, SignaturePacket signature, Digests digests)
      throws PacketException {
    List<Keyring.Holder> holders = holders(signature);
    if (holders.isEmpty()) {
      return new Verdict.Bad(
          contradictory(signature) ? mismatch(subject) : unknown(subject, signature));
    }
    Verdict verdict = verifyBy(subject, signature, digests, holders.get(0));
    for (int i = 1; i < holders.size() && verdict instanceof Verdict.Bad; i++) {
      verdict = verifyBy(subject, signature, digests, holders.get(i));
    }
    return verdict;
  }

  private List<Keyring.Holder> holders(SignaturePacket signature) {
    return signature.issuerKeyIds().stream()
        .distinct()
        .flatMap(id -> keyring.holders(id).stream())
        .filter(h -> Statement.claims(signature, h.key()))
        .toList();
  }

  /** Whether a key of ours is named, but the names do not agree. */
  private boolean contradictory(SignaturePacket signature) {
    return signature.issuerKeyIds().stream().anyMatch(id -> !keyring.holders(id).isEmpty())
        || signature.issuerFingerprints().stream().anyMatch(f -> !keyring.holders(f).isEmpty());
  }

  private static Finding mismatch(String subject) {
    return Finding.of(
        "signature-issuer-mismatch",
        subject,
        "the signature names several issuers",
        "Key id and fingerprint in it belong to different keys, and clients disagree on which to",
        "take. Sign again with gpg or qrepo.");
  }

  private static Finding unknown(String subject, SignaturePacket signature) {
    String issuer =
        signature.issuerFingerprints().stream()
            .map(Fingerprint::hex)
            .findFirst()
            .orElse(signature.issuerKeyIds().get(0));
    return Finding.of(
        "key-unknown",
        subject,
        "signed by key " + issuer + ", which is not in the keyring",
        "Clients without this key refuse it: pacman will say: key \"" + issuer + "\" is unknown.",
        "If you trust it, add its certificate and its full fingerprint; else sign again.");
  }

  private Verdict verifyBy(
      String subject, SignaturePacket signature, Digests digests, Keyring.Holder by)
      throws PacketException {
    Instant now = clock.instant();
    Optional<Finding> refusal = refusal(subject, signature, digests, by, now);
    return refusal.isPresent()
        ? new Verdict.Bad(naming(refusal.get(), by.certificate(), now))
        : new Verdict.Good(by.certificate().fingerprint(), signature.created().orElseThrow());
  }

  private Optional<Finding> refusal(
      String subject, SignaturePacket signature, Digests digests, Keyring.Holder by, Instant now)
      throws PacketException {
    Instant created = signature.created().orElseThrow();
    CertifiedKey key = certified(by, now);
    String owner = by.certificate().description(now);
    if (!allowed.contains(by.certificate().fingerprint()) && !allowed.contains(key.fingerprint())) {
      return Optional.of(notAllowed(subject, owner, key));
    }
    if (key.packet().key().canVerify() && !matches(signature, digests, key)) {
      return Optional.of(otherBytes(subject, owner));
    }
    return KeyRules.refusal(subject, owner, key, created, now)
        .or(() -> dates(subject, signature, created, now));
  }

  /** With the user id that clients print in the place left for it. */
  private static Finding naming(Finding finding, Certificate certificate, Instant now) {
    String user = certificate.userIds(now).stream().findFirst().orElse("...");
    List<String> details =
        finding.details().stream()
            .map(d -> d.replace("from \"...\"", "from \"" + user + "\""))
            .toList();
    return new Finding(finding.id(), finding.subject(), finding.reason(), details);
  }

  private static CertifiedKey certified(Keyring.Holder by, Instant now) {
    return by.certificate().keys(now).stream()
        .filter(k -> k.fingerprint().equals(by.key().fingerprint()))
        .findFirst()
        .orElseThrow();
  }

  private static boolean matches(SignaturePacket signature, Digests digests, CertifiedKey key) {
    HashAlgorithm hash = signature.hash().orElseThrow();
    byte[] digest = digests.digestWith(hash, signature.trailer());
    return signature.keyAlgorithm() == key.packet().algorithm()
        && signature.leads(digest)
        && key.packet().key().verify(hash, digest, signature);
  }

  private static Finding notAllowed(String subject, String owner, CertifiedKey key) {
    return Finding.of(
        "key-not-allowed",
        subject,
        "signed by key " + key.fingerprint() + " of " + owner + ", which is not allowed here",
        "Clients that do not trust it: pacman will say: signature from \"...\" is unknown trust.",
        "If it should be, add its full fingerprint to the trusted ones; else sign again.");
  }

  private static Finding otherBytes(String subject, String owner) {
    return Finding.of(
        "signature-bad",
        subject,
        "the signature by " + owner + " is not over these bytes",
        "The file or its signature was changed, or they do not belong together.",
        "pacman will say: signature from \"...\" is invalid.");
  }

  private static Optional<Finding> dates(
      String subject, SignaturePacket signature, Instant created, Instant now) {
    if (created.isAfter(now.plus(SKEW))) {
      return Optional.of(
          Finding.of(
              "signature-from-future",
              subject,
              "the signature says it was made on " + created + ", it is " + now + " now",
              "A clock is wrong, here or where it was signed. Set it and sign again."));
    }
    return validity(signature)
        .map(created::plus)
        .filter(end -> !now.isBefore(end))
        .map(
            end ->
                Finding.of(
                    "signature-expired",
                    subject,
                    "the signature expired on " + end,
                    "pacman will say: signature from \"...\" is expired.",
                    "Sign again, without an expiry: packages stay where they are for years."));
  }

  private static Optional<Duration> validity(SignaturePacket signature) {
    try {
      return signature.validity();
    } catch (PacketException e) {
      return Optional.of(Duration.ZERO);
    }
  }
}
