package org.qrepo.sign.rpm;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.rpm.RpmTag;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.PacketException;
import org.qrepo.sign.openpgp.SignaturePacket;
import org.qrepo.sign.openpgp.Subpacket;

/**
 * What dom0's rpmcanon takes as a signature, which is less than rpm does: one version 4 packet over
 * binary data, by an RSA, DSA or EdDSA key in its old encoding, with SHA-256, 384 or 512; under the
 * signature nothing but who made it and when, never marked critical, which rpm up to 4.16 does not
 * bear; outside of it the issuer's key id alone.
 */
final class RpmPacketRules {
  private static final int RSA = 1;
  private static final int RSA_SIGN = 3;
  private static final int DSA = 17;
  private static final int ECDSA = 19;
  private static final int EDDSA = 22;
  private static final int SIGNER_USER_ID = 28;
  private static final Set<Integer> HASHES = Set.of(8, 9, 10);
  private static final Set<Integer> HASHED =
      Set.of(
          Subpacket.CREATION_TIME, Subpacket.ISSUER, Subpacket.ISSUER_FINGERPRINT, SIGNER_USER_ID);

  private RpmPacketRules() {}

  /** Why rpmcanon would refuse a signature; empty if it would not. */
  static Optional<Finding> refusal(String subject, byte[] signature) {
    try {
      List<Packet> packets = Packet.readAll(signature, 1);
      if (packets.isEmpty() || packets.get(0).tag() != Packet.SIGNATURE) {
        return Optional.of(unreadable(subject, "it is none"));
      }
      return refusal(subject, SignaturePacket.parse(packets.get(0).body()));
    } catch (PacketException e) {
      return Optional.of(unreadable(subject, e.reason()));
    }
  }

  private static Optional<Finding> refusal(String subject, SignaturePacket packet) {
    if (!Set.of(RSA, RSA_SIGN, DSA, EDDSA).contains(packet.keyAlgorithm())) {
      return Optional.of(algorithm(subject, packet.keyAlgorithm()));
    }
    if (!HASHES.contains(packet.hashId()) || packet.type() != 0) {
      return Optional.of(unreadable(subject, "it is not over binary data with SHA-256 or longer"));
    }
    Set<Integer> seen = new HashSet<>();
    for (Subpacket s : packet.hashed()) {
      if (!HASHED.contains(s.type()) || s.critical() || !seen.add(s.type())) {
        return Optional.of(statement(subject, s.type()));
      }
    }
    boolean issuer = seen.contains(Subpacket.ISSUER);
    List<Subpacket> outside = packet.unhashed();
    boolean fits =
        issuer
            ? outside.isEmpty()
            : outside.equals(List.of(Subpacket.of(Subpacket.ISSUER, issuer(outside))));
    if (!packet.plainNumbers()) {
      return Optional.of(unreadable(subject, "its numbers are not written plainly"));
    }
    return fits && seen.contains(Subpacket.CREATION_TIME)
        ? Optional.empty()
        : Optional.of(
            unreadable(subject, "beside the signed part it must name its issuer and nothing else"));
  }

  private static byte[] issuer(List<Subpacket> outside) {
    return outside.isEmpty() ? new byte[0] : outside.get(0).data();
  }

  private static Finding algorithm(String subject, int number) {
    return Finding.of(
        "rpm-key-algorithm",
        subject,
        "dom0 does not take signatures by "
            + (number == ECDSA ? "ECDSA keys" : "keys of algorithm " + number),
        "rpmcanon will say: bad OpenPGP signature. Sign RPMs with an RSA or ed25519 key.");
  }

  private static Finding statement(String subject, int type) {
    return Finding.of(
        "rpm-signature-statement",
        subject,
        "the signature states more than dom0 takes: subpacket " + type,
        "rpmcanon will say: bad OpenPGP signature. Sign without notations, policies and expiry:",
        "leave sig-notation, sig-policy-url and default-sig-expire out of gpg.conf.");
  }

  private static Finding unreadable(String subject, String why) {
    return Finding.of(
        "rpm-signature-unreadable",
        subject,
        "dom0 cannot read the signature in it: " + why,
        "rpmcanon will say: bad OpenPGP signature. Sign it again.");
  }

  /** Whether it is stored with the signatures of RSA keys. */
  static boolean byRsa(byte[] signature) {
    try {
      int algorithm =
          SignaturePacket.parse(Packet.readAll(signature, 1).get(0).body()).keyAlgorithm();
      return algorithm == RSA || algorithm == RSA_SIGN;
    } catch (PacketException e) {
      throw new IllegalArgumentException("not a signature that was accepted", e);
    }
  }

  /** Where a signature over the main header is stored. */
  static int headerTag(byte[] signature) {
    return byRsa(signature) ? RpmTag.Signature.HEADER_RSA : RpmTag.Signature.HEADER_DSA;
  }

  /** Where a signature over main header and payload is stored. */
  static int contentTag(byte[] signature) {
    return byRsa(signature) ? RpmTag.Signature.CONTENT_RSA : RpmTag.Signature.CONTENT_DSA;
  }
}
