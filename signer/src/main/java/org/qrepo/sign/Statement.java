package org.qrepo.sign;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.qrepo.sign.openpgp.KeySignature;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.PacketException;
import org.qrepo.sign.openpgp.PublicKeyPacket;
import org.qrepo.sign.openpgp.SignaturePacket;

/** A signature by a key on a part of its own certificate, tested. */
record Statement(
    Packet packet,
    SignaturePacket signature,
    Instant created,
    Optional<Instant> expires,
    Optional<Duration> keyValidity) {

  /**
   * Those signatures that the signer really made over these bytes; all others say nothing.
   * Signatures by third parties are passed over without testing them.
   */
  static List<Statement> by(PublicKeyPacket signer, List<Packet> signatures, byte[] signed) {
    return signatures.stream().flatMap(p -> read(signer, p, signed).stream()).toList();
  }

  /** Empty also for what cannot be read: it says nothing. */
  private static Optional<Statement> read(PublicKeyPacket signer, Packet packet, byte[] signed) {
    try {
      SignaturePacket signature = SignaturePacket.parse(packet.body());
      Optional<Instant> created = signature.created();
      if (created.isEmpty()
          || !claims(signature, signer)
          || !signature.unknownCritical().isEmpty()
          || !KeySignature.isBy(signer, signature, signed)) {
        return Optional.empty();
      }
      Optional<Instant> expires = signature.validity().map(created.get()::plus);
      Optional<Duration> keyValidity = signature.keyValidity();
      return Optional.of(new Statement(packet, signature, created.get(), expires, keyValidity));
    } catch (PacketException e) {
      return Optional.empty();
    }
  }

  /** Whether a signature names this key as its maker, or nobody. */
  static boolean claims(SignaturePacket signature, PublicKeyPacket signer) {
    return signature.issuerKeyIds().stream().allMatch(signer.keyId()::equals)
        && signature.issuerFingerprints().stream().allMatch(signer.fingerprint()::equals);
  }

  /** The newest of these kinds that is in force. */
  static Optional<Statement> newest(List<Statement> all, Instant now, TypeTest type) {
    return all.stream()
        .filter(s -> type.test(s.signature.type()))
        .filter(s -> s.expires.map(now::isBefore).orElse(true))
        .max(Comparator.comparing(Statement::created));
  }

  /** When the key it speaks of expires. */
  Optional<Instant> keyExpiry(PublicKeyPacket key) {
    return keyValidity.map(key.created()::plus);
  }

  /** A test of the number of a signature's type. */
  @FunctionalInterface
  interface TypeTest {
    boolean test(int type);
  }
}
