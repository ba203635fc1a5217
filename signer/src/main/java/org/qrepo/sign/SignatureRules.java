package org.qrepo.sign;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.sign.openpgp.HashIds;
import org.qrepo.sign.openpgp.PacketException;
import org.qrepo.sign.openpgp.SignaturePacket;
import org.qrepo.sign.openpgp.SignatureType;

/** What a signature must be, whoever made it. */
final class SignatureRules {
  /** How far ahead of ours the clock of a signer may be. */
  static final Duration SKEW = Duration.ofMinutes(5);

  private static final int RIPEMD160 = 3;

  private SignatureRules() {}

  /** A rule that a signature breaks. */
  record Broken(SignatureFault fault, String reason) {
    static Broken of(SignatureFault fault) {
      return new Broken(fault, fault.meaning());
    }
  }

  /** The rules that a signature breaks by its form alone. */
  static List<Broken> form(SignaturePacket signature) throws PacketException {
    List<Broken> broken = new ArrayList<>();
    if (signature.type() != SignatureType.BINARY) {
      String type = "0x%02x".formatted(signature.type());
      broken.add(
          new Broken(
              signature.type() == SignatureType.TEXT ? SignatureFault.TEXT : SignatureFault.TYPE,
              "the signature is of type " + type + ", not over a binary file"));
    }
    hash(signature).ifPresent(broken::add);
    if (signature.created().isEmpty()) {
      broken.add(Broken.of(SignatureFault.WITHOUT_TIME));
    }
    if (signature.issuerKeyIds().isEmpty()) {
      broken.add(Broken.of(SignatureFault.ISSUER_MISSING));
    }
    signature.unknownCritical().stream()
        .findFirst()
        .map(SignatureRules::critical)
        .ifPresent(broken::add);
    return broken;
  }

  private static Optional<Broken> hash(SignaturePacket signature) {
    String uses = "the signature uses " + HashIds.name(signature.hashId());
    Optional<HashAlgorithm> hash = signature.hash();
    if (hash.equals(Optional.of(HashAlgorithm.MD5))) {
      return Optional.of(new Broken(SignatureFault.BROKEN_HASH, uses + ", which anyone can forge"));
    }
    if (hash.equals(Optional.of(HashAlgorithm.SHA1)) || signature.hashId() == RIPEMD160) {
      return Optional.of(new Broken(SignatureFault.WEAK_HASH, uses + ", which can be forged"));
    }
    return hash.isPresent()
        ? Optional.empty()
        : Optional.of(
            new Broken(SignatureFault.HASH_UNSUPPORTED, uses + ", which is not supported"));
  }

  private static Broken critical(int type) {
    return new Broken(
        SignatureFault.CRITICAL_SUBPACKET,
        "the signature demands that subpacket " + type + " is understood");
  }

  /** What is wrong with the times that a signature states. */
  static Optional<Broken> times(SignaturePacket signature, Instant created, Instant now) {
    if (created.isAfter(now.plus(SKEW))) {
      return Optional.of(
          new Broken(
              SignatureFault.FROM_FUTURE,
              "the signature says it was made on " + created + ", it is " + now + " now"));
    }
    return validity(signature)
        .map(created::plus)
        .filter(end -> !now.isBefore(end))
        .map(end -> new Broken(SignatureFault.EXPIRED, "the signature expired on " + end));
  }

  private static Optional<Duration> validity(SignaturePacket signature) {
    try {
      return signature.validity();
    } catch (PacketException e) {
      return Optional.of(Duration.ZERO);
    }
  }
}
