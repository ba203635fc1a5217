package org.qrepo.sign;

import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.sign.openpgp.KeySignature;
import org.qrepo.sign.openpgp.SignatureType;

/**
 * What the primary key of one certificate says of the user ids of another (RFC 4880 §5.2.1, types
 * 0x10 to 0x13, and 0x30, which takes them back). As for GnuPG, the newest word on a user id
 * counts, one user id is enough, and only user ids count that their owner certifies. Certifications
 * with SHA-1 never count: two user ids that share one can be made.
 *
 * @param standing what it comes to
 * @param since when it was said, taken back, or ended; empty where nothing was said
 */
public record Certification(Standing standing, Optional<Instant> since) {
  private static final Set<HashAlgorithm> WEAK = EnumSet.of(HashAlgorithm.MD5, HashAlgorithm.SHA1);

  /** What one key says of another; what is worth most first. */
  public enum Standing {
    /** A user id is certified, and that is in force. */
    GOOD,
    /** There was a certification, and it was taken back. */
    REVOKED,
    /** There was a certification, and its time is over. */
    EXPIRED,
    /** The only certification is over a digest that can be forged. */
    WEAK_HASH,
    /** It says nothing that can be verified. */
    ABSENT,
    /** Whoever would certify has been revoked. */
    CERTIFIER_REVOKED,
    /** Whoever would certify has expired. */
    CERTIFIER_EXPIRED,
    /** Whoever would certify must not certify others, or is too weak to. */
    CERTIFIER_UNFIT
  }

  /**
   * What one certificate says of another.
   *
   * @param subject whose user ids it is about
   * @param by who certifies
   */
  public static Certification of(Certificate subject, Certificate by, Instant now) {
    return fitness(by, now)
        .or(
            () ->
                subject.ownIdentities(now).stream()
                    .map(identity -> on(identity, subject, by, now))
                    .min(Comparator.comparing(Certification::standing)))
        .orElse(new Certification(Standing.ABSENT, Optional.empty()));
  }

  /** Why a certificate may certify nobody; empty if it may. */
  public static Optional<Certification> fitness(Certificate by, Instant now) {
    CertifiedKey primary = by.keys(now).get(0);
    if (primary.revoked()) {
      return Optional.of(new Certification(Standing.CERTIFIER_REVOKED, Optional.empty()));
    }
    Optional<Instant> ended = primary.expires().filter(end -> !now.isBefore(end));
    if (ended.isPresent()) {
      return Optional.of(new Certification(Standing.CERTIFIER_EXPIRED, ended));
    }
    boolean fit =
        primary.binding() == CertifiedKey.Binding.BOUND
            && primary.packet().key().canVerify()
            && !primary.packet().key().weak()
            && by.certifies(now);
    return fit
        ? Optional.empty()
        : Optional.of(new Certification(Standing.CERTIFIER_UNFIT, Optional.empty()));
  }

  public boolean isGood() {
    return standing == Standing.GOOD;
  }

  private static Certification on(
      Certificate.Identity identity, Certificate subject, Certificate by, Instant now) {
    byte[] signed = KeySignature.overIdentity(subject.primary(), identity.packet());
    List<Statement> said =
        Statement.by(by.primary(), identity.signatures(), signed).stream()
            .filter(s -> !s.created().isBefore(by.primary().created()))
            .filter(s -> !s.created().isAfter(now.plus(SignatureRules.SKEW)))
            .toList();
    Optional<Statement> newest = newest(certifications(said).filter(s -> !isWeak(s)));
    Optional<Statement> takenBack =
        newest(
            said.stream()
                .filter(s -> s.signature().type() == SignatureType.CERTIFICATION_REVOCATION)
                .filter(r -> newest.filter(n -> n.created().isAfter(r.created())).isEmpty()));
    if (takenBack.isPresent()) {
      return new Certification(Standing.REVOKED, takenBack.map(Statement::created));
    }
    if (newest.isEmpty()) {
      Optional<Statement> weak = newest(certifications(said));
      return new Certification(
          weak.isPresent() ? Standing.WEAK_HASH : Standing.ABSENT, weak.map(Statement::created));
    }
    Optional<Instant> ended = newest.get().expires().filter(end -> !now.isBefore(end));
    return ended.isPresent()
        ? new Certification(Standing.EXPIRED, ended)
        : new Certification(Standing.GOOD, newest.map(Statement::created));
  }

  private static Stream<Statement> certifications(List<Statement> said) {
    return said.stream().filter(s -> SignatureType.isCertification(s.signature().type()));
  }

  private static Optional<Statement> newest(Stream<Statement> statements) {
    return statements.max(Comparator.comparing(Statement::created));
  }

  private static boolean isWeak(Statement statement) {
    return statement.signature().hash().filter(h -> !WEAK.contains(h)).isEmpty();
  }
}
