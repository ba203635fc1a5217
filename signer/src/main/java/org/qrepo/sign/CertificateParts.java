package org.qrepo.sign;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.PacketException;
import org.qrepo.sign.openpgp.PublicKeyPacket;
import org.qrepo.sign.openpgp.SecretKeyPacket;
import org.qrepo.sign.openpgp.SignatureType;

/**
 * Takes a file of keys apart into its transferable keys (RFC 4880 §11.1): a primary key, signatures
 * on it, then user ids and subkeys, each followed by the signatures on it. Secret keys are read as
 * their public halves; the secret ones are listed beside them.
 */
final class CertificateParts {
  /**
   * What a stretch of packets was.
   *
   * @param certificates in the order of the file
   * @param secrets all secret keys and subkeys that can be read
   * @param passedOver one line for each primary key that cannot be read
   */
  record Read(
      List<Certificate> certificates, List<SecretKeyPacket> secrets, List<String> passedOver) {}

  private final List<Certificate> certificates = new ArrayList<>();
  private final List<SecretKeyPacket> secrets = new ArrayList<>();
  private final List<String> passedOver = new ArrayList<>();
  private @Nullable PublicKeyPacket primary;
  private List<Packet> direct = new ArrayList<>();
  private final List<Open<Packet>> identities = new ArrayList<>();
  private final List<Open<PublicKeyPacket>> subkeys = new ArrayList<>();
  private List<Packet> signatures = direct;

  /** A part to which signatures are still being added. */
  private record Open<T>(T part, List<Packet> signatures) {}

  private CertificateParts() {}

  static Read read(List<Packet> packets) {
    CertificateParts parts = new CertificateParts();
    packets.forEach(parts::take);
    parts.finish();
    return new Read(
        List.copyOf(parts.certificates), List.copyOf(parts.secrets), List.copyOf(parts.passedOver));
  }

  private void take(Packet packet) {
    switch (packet.tag()) {
      case Packet.PUBLIC_KEY, Packet.SECRET_KEY -> begin(packet);
      case Packet.PUBLIC_SUBKEY, Packet.SECRET_SUBKEY -> subkey(packet);
      case Packet.USER_ID, Packet.USER_ATTRIBUTE -> {
        signatures = new ArrayList<>();
        identities.add(new Open<>(packet, signatures));
      }
      case Packet.SIGNATURE -> (revokesKey(packet) ? direct : signatures).add(packet);
      default -> {
        // trust, marker and private packets are local to the program that wrote them
      }
    }
  }

  /** A revocation certificate may simply have been appended to the key it revokes. */
  private static boolean revokesKey(Packet packet) {
    byte[] body = packet.body();
    return body.length > 1 && body[1] == SignatureType.KEY_REVOCATION;
  }

  private void begin(Packet packet) {
    finish();
    try {
      primary = key(packet);
    } catch (PacketException e) {
      passedOver.add(e.reason());
    }
  }

  private void subkey(Packet packet) {
    signatures = new ArrayList<>();
    try {
      subkeys.add(new Open<>(key(packet), signatures));
    } catch (PacketException e) {
      // a subkey of a kind that is not known here; what else the certificate has still counts
    }
  }

  private PublicKeyPacket key(Packet packet) throws PacketException {
    if (packet.tag() == Packet.PUBLIC_KEY || packet.tag() == Packet.PUBLIC_SUBKEY) {
      return PublicKeyPacket.parse(packet.body());
    }
    SecretKeyPacket secret = SecretKeyPacket.parse(packet);
    if (primary != null || packet.tag() == Packet.SECRET_KEY) {
      secrets.add(secret);
    }
    return secret.publicHalf();
  }

  private void finish() {
    if (primary != null) {
      certificates.add(
          new Certificate(
              primary,
              direct,
              identities.stream().map(o -> new Certificate.Identity(o.part, o.signatures)).toList(),
              subkeys.stream().map(o -> new Certificate.Subkey(o.part, o.signatures)).toList()));
    }
    primary = null;
    direct = new ArrayList<>();
    identities.clear();
    subkeys.clear();
    signatures = direct;
  }
}
