package org.qrepo.sign;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Verifier;
import org.qrepo.sign.openpgp.PacketException;
import org.qrepo.sign.openpgp.SignaturePacket;

/**
 * Verifies detached signatures with certificates at hand, for an allowed set of fingerprints: of a
 * primary key, which allows all of its signing subkeys, or of exactly one subkey. Stricter than
 * pacman where pacman is known to change its mind (SHA-1) or where a file holds more than it
 * should; {@link SignatureFault} says where and why. Safe for use by several threads.
 */
public final class KeyringVerifier implements Verifier {
  private static final Set<HashAlgorithm> WEAK = EnumSet.of(HashAlgorithm.MD5, HashAlgorithm.SHA1);

  private final Keyring keyring;
  private final Set<Fingerprint> allowed;
  private final Set<Fingerprint> disabled;
  private final InstantSource clock;

  /**
   * A verifier for these certificates.
   *
   * @param allowed whose signatures count; without one, none does
   */
  public KeyringVerifier(Keyring keyring, Set<Fingerprint> allowed, InstantSource clock) {
    this(keyring, allowed, Set.of(), clock);
  }

  /**
   * A verifier for these certificates.
   *
   * @param allowed whose signatures count; without one, none does
   * @param disabled whose signatures do not count, allowed or not: any key of a certificate stands
   *     for all of it, as for pacman
   */
  public KeyringVerifier(
      Keyring keyring, Set<Fingerprint> allowed, Set<Fingerprint> disabled, InstantSource clock) {
    this.keyring = keyring;
    this.allowed = Set.copyOf(allowed);
    this.disabled = Set.copyOf(disabled);
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
  public Set<Fingerprint> claimed(byte[] signature) {
    if (signature.length > MAX_SIGNATURE) {
      return Set.of();
    }
    try {
      return SignatureFile.read(signature, Form.BINARY_OR_ARMORED).stream()
          .flatMap(this::claimed)
          .collect(Collectors.toUnmodifiableSet());
    } catch (SignatureFile.Refused e) {
      return Set.of();
    }
  }

  private Stream<Fingerprint> claimed(SignaturePacket signature) {
    List<Keyring.Holder> holders = holders(signature);
    return holders.isEmpty()
        ? signature.issuerFingerprints().stream()
        : holders.stream().map(h -> h.certificate().fingerprint());
  }

  @Override
  public Verdict verify(String subject, byte[] signature, Digests digests, Form form) {
    return examine(subject, signature, digests, form).verdict();
  }

  /**
   * As {@link #verify}, with all that is wrong or worth knowing.
   *
   * @param subject the name of the signed file, or of its signature
   */
  public Examination examine(String subject, byte[] signature, Digests digests, Form form) {
    List<SignaturePacket> all;
    try {
      all = SignatureFile.read(signature, form);
    } catch (SignatureFile.Refused e) {
      return Examination.refused(e.finding(subject));
    }
    List<SignatureFinding> findings = new ArrayList<>();
    List<Verdict.Good> good = new ArrayList<>();
    for (SignaturePacket one : all) {
      Examination examination = examine(subject, one, digests);
      findings.addAll(examination.findings());
      examination.good().ifPresent(good::add);
    }
    boolean every = good.size() == all.size();
    if (every && all.size() > 1) {
      findings.add(
          SignatureFinding.of(
              SignatureFault.SEVERAL,
              subject,
              "the signature file holds " + all.size() + " signatures"));
    }
    return new Examination(findings, every ? Optional.of(good.get(0)) : Optional.empty());
  }

  private Examination examine(String subject, SignaturePacket signature, Digests digests) {
    try {
      List<SignatureRules.Broken> form = SignatureRules.form(signature);
      return form.isEmpty()
          ? byIssuer(subject, signature, digests)
          : refused(subject, signature, form);
    } catch (PacketException e) {
      return Examination.refused(
          SignatureFinding.of(
              SignatureFault.MALFORMED,
              subject,
              "the content of the signature is damaged: " + e.reason()));
    }
  }

  private Examination refused(
      String subject, SignaturePacket signature, List<SignatureRules.Broken> form) {
    String key = issuer(signature);
    String user =
        holders(signature).stream()
            .flatMap(h -> h.certificate().userIds(clock.instant()).stream())
            .findFirst()
            .orElse(key);
    return new Examination(
        form.stream()
            .map(b -> SignatureFinding.of(b.fault(), subject, b.reason(), user, key))
            .toList(),
        Optional.empty());
  }

  /** The fingerprint or else the key id of whom the signature says to be by. */
  private static String issuer(SignaturePacket signature) {
    return Stream.concat(
            signature.issuerFingerprints().stream().map(Fingerprint::hex),
            signature.issuerKeyIds().stream())
        .findFirst()
        .orElse("...");
  }

  private Examination byIssuer(String subject, SignaturePacket signature, Digests digests)
      throws PacketException {
    List<Keyring.Holder> holders = holders(signature);
    if (holders.isEmpty()) {
      return Examination.refused(
          contradictory(signature)
              ? SignatureFinding.of(SignatureFault.ISSUER_MISMATCH, subject)
              : unknown(subject, signature));
    }
    Examination first = byKey(subject, signature, digests, holders.get(0));
    Examination next = first;
    for (int i = 1; i < holders.size() && next.good().isEmpty(); i++) {
      next = byKey(subject, signature, digests, holders.get(i));
    }
    return next.good().isPresent() ? next : first;
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

  private static SignatureFinding unknown(String subject, SignaturePacket signature) {
    String issuer = issuer(signature);
    return SignatureFinding.of(
        SignatureFault.KEY_UNKNOWN,
        subject,
        "signed by key " + issuer + ", which is not in the keyring",
        issuer,
        issuer);
  }

  private Examination byKey(
      String subject, SignaturePacket signature, Digests digests, Keyring.Holder by)
      throws PacketException {
    Instant created = signature.created().orElseThrow();
    KeyExamination examination =
        new KeyExamination(subject, signature, created, by, clock.instant());
    if (isDisabled(by.certificate())) {
      examination.disabled();
    } else if (!isAllowed(by)) {
      examination.notAllowed();
    }
    examination.bytes(digests);
    return examination.result();
  }

  private boolean isDisabled(Certificate certificate) {
    return certificate.packets().stream().anyMatch(p -> disabled.contains(p.fingerprint()));
  }

  private boolean isAllowed(Keyring.Holder by) {
    return allowed.contains(by.certificate().fingerprint())
        || allowed.contains(by.key().fingerprint());
  }
}
