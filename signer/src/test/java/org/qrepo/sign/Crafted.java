package org.qrepo.sign;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.sign.openpgp.KeySignature;
import org.qrepo.sign.openpgp.NewKeyPair;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.SignaturePacket;
import org.qrepo.sign.openpgp.SignatureType;
import org.qrepo.sign.openpgp.Subpacket;

/** Certificates and signatures that no honest program makes. */
final class Crafted {
  static final byte CERTIFY = 0x01;
  static final byte SIGN = 0x02;

  private Crafted() {}

  static NewKeyPair pair(Instant created) {
    return NewKeyPair.ed25519(created, new SecureRandom());
  }

  /** A certificate whose primary key has these flags, followed by further packets. */
  static Certificate certificate(NewKeyPair primary, byte flags, Packet... more) {
    List<Packet> packets = new ArrayList<>();
    packets.add(new Packet(Packet.PUBLIC_KEY, primary.publicHalf().body()));
    packets.addAll(identity(primary, flags));
    packets.addAll(List.of(more));
    return Keyring.parse("crafted", Packet.encode(packets)).certificates().get(0);
  }

  static List<Packet> identity(NewKeyPair primary, byte flags) {
    return identity(primary, flags, "Crafted <c@example.org>".getBytes(StandardCharsets.UTF_8));
  }

  static List<Packet> identity(NewKeyPair primary, byte flags, byte[] name) {
    Packet id = new Packet(Packet.USER_ID, name);
    SignaturePacket.Draft draft = draft(primary, SignatureType.POSITIVE_CERTIFICATION);
    draft.hashed(Subpacket.of(Subpacket.KEY_FLAGS, flags));
    byte[] signed = KeySignature.overIdentity(primary.publicHalf(), id);
    return List.of(id, sign(draft, primary, signed));
  }

  static Packet subkey(NewKeyPair subkey) {
    return new Packet(Packet.PUBLIC_SUBKEY, subkey.publicHalf().body());
  }

  /** The primary key's statement that it has this subkey for signing. */
  static Packet binding(NewKeyPair primary, NewKeyPair subkey, Subpacket... more) {
    SignaturePacket.Draft draft = draft(primary, SignatureType.SUBKEY_BINDING);
    draft.hashed(Subpacket.of(Subpacket.KEY_FLAGS, SIGN));
    List.of(more).forEach(draft::hashed);
    return sign(draft, primary, over(primary, subkey));
  }

  /** The consent of a subkey, as a subpacket of the binding; by another key if it is forged. */
  static Subpacket consent(NewKeyPair primary, NewKeyPair subkey, NewKeyPair by) {
    Packet inner = sign(draft(by, SignatureType.PRIMARY_KEY_BINDING), by, over(primary, subkey));
    return Subpacket.of(Subpacket.EMBEDDED_SIGNATURE, inner.body());
  }

  static byte[] over(NewKeyPair primary, NewKeyPair subkey) {
    return KeySignature.overSubkey(primary.publicHalf(), subkey.publicHalf());
  }

  static SignaturePacket.Draft draft(NewKeyPair by, int type) {
    return new SignaturePacket.Draft(
        type, by.publicHalf(), HashAlgorithm.SHA256, by.publicHalf().created());
  }

  static Packet sign(SignaturePacket.Draft draft, NewKeyPair by, byte[] signed) {
    byte[] digest = KeySignature.digest(HashAlgorithm.SHA256, signed, draft.trailer());
    return draft.sign(digest, by.privateKey()).packet();
  }

  /** A detached signature made at any time, by any key, whatever its owner says. */
  static byte[] detached(NewKeyPair by, Instant created, byte[] data, Subpacket... more) {
    SignaturePacket.Draft draft =
        new SignaturePacket.Draft(
            SignatureType.BINARY, by.publicHalf(), HashAlgorithm.SHA256, created);
    List.of(more).forEach(draft::hashed);
    return sign(draft, by, data).encoded();
  }

  /** A detached signature with other statements outside of what is signed. */
  static byte[] withUnhashed(byte[] signature, byte[] area) {
    byte[] body = body(signature);
    int hashedEnd = 6 + (body[4] & 0xff) * 256 + (body[5] & 0xff);
    int unhashedEnd = hashedEnd + 2 + (body[hashedEnd] & 0xff) * 256 + (body[hashedEnd + 1] & 0xff);
    byte[] length = {(byte) (area.length >>> 8), (byte) area.length};
    return new Packet(
            Packet.SIGNATURE,
            join(
                Arrays.copyOf(body, hashedEnd),
                length,
                area,
                Arrays.copyOfRange(body, unhashedEnd, body.length)))
        .encoded();
  }

  static byte[] body(byte[] signature) {
    try {
      return Packet.readAll(signature, 1).get(0).body();
    } catch (org.qrepo.sign.openpgp.PacketException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
