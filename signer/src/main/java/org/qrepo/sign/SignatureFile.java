package org.qrepo.sign;

import java.util.ArrayList;
import java.util.List;
import org.qrepo.publish.Verifier;
import org.qrepo.sign.openpgp.Armor;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.PacketException;
import org.qrepo.sign.openpgp.PacketException.Kind;
import org.qrepo.sign.openpgp.SignaturePacket;

/**
 * Takes a {@code .sig} file apart, as strictly as the strictest client: version 4 signature packets
 * of stated length and nothing else.
 */
final class SignatureFile {
  /** Clients look at each and want all of them good; an honest file has one. */
  static final int MOST_SIGNATURES = 4;

  private SignatureFile() {}

  /** A file that is not one, and why. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final SignatureFault fault;

    Refused(SignatureFault fault, String reason) {
      super(reason);
      this.fault = fault;
    }

    SignatureFinding finding(String subject) {
      return SignatureFinding.of(fault, subject, String.valueOf(getMessage()));
    }
  }

  static List<SignaturePacket> read(byte[] bytes, Verifier.Form form) throws Refused {
    byte[] binary = binary(bytes, form);
    List<SignaturePacket> signatures = new ArrayList<>();
    for (Packet packet : packets(binary)) {
      signatures.add(signature(packet, signatures.isEmpty()));
    }
    return List.copyOf(signatures);
  }

  private static byte[] binary(byte[] bytes, Verifier.Form form) throws Refused {
    if (bytes.length == 0) {
      throw refused(SignatureFault.EMPTY);
    }
    if (bytes.length > Verifier.MAX_SIGNATURE) {
      throw refused(SignatureFault.TOO_LARGE);
    }
    if (!Armor.isArmored(bytes)) {
      return bytes;
    }
    if (form == Verifier.Form.BINARY) {
      throw refused(SignatureFault.ARMORED);
    }
    try {
      return Armor.decode(bytes, Armor.Block.SIGNATURE, true);
    } catch (PacketException e) {
      throw e.kind() == Kind.NOT_A_PACKET
          ? notOpenPgp(e.reason())
          : new Refused(
              isLoose(bytes, e) ? SignatureFault.ARMOR_LOOSE : SignatureFault.ARMOR_DAMAGED,
              "the signature file is damaged: " + e.reason());
    }
  }

  /** Whether gpg would read it nevertheless. */
  private static boolean isLoose(byte[] bytes, PacketException strict) {
    try {
      Armor.decode(bytes, Armor.Block.SIGNATURE, false);
      return true;
    } catch (PacketException e) {
      return strict.kind() == Kind.TRUNCATED;
    }
  }

  private static List<Packet> packets(byte[] binary) throws Refused {
    try {
      List<Packet> packets = Packet.readAll(binary, MOST_SIGNATURES);
      if (packets.isEmpty()) {
        throw notOpenPgp("holds no packet");
      }
      return packets;
    } catch (PacketException e) {
      throw refused(e);
    }
  }

  private static SignaturePacket signature(Packet packet, boolean first) throws Refused {
    if (packet.tag() != Packet.SIGNATURE) {
      throw first
          ? notOpenPgp("holds an OpenPGP packet of kind " + packet.tag())
          : trailing("an OpenPGP packet of kind " + packet.tag());
    }
    int version = packet.version();
    if (version != SignaturePacket.VERSION) {
      boolean old = version == 2 || version == 3;
      throw new Refused(
          old ? SignatureFault.OLD_VERSION : SignatureFault.VERSION,
          "the signature packet is of version "
              + version
              + ", clients read version "
              + SignaturePacket.VERSION);
    }
    try {
      return SignaturePacket.parse(packet.body());
    } catch (PacketException e) {
      throw new Refused(
          SignatureFault.MALFORMED, "the content of the signature is damaged: " + e.reason());
    }
  }

  private static Refused refused(SignatureFault fault) {
    return new Refused(fault, fault.meaning());
  }

  private static Refused refused(PacketException e) {
    return switch (e.kind()) {
      case NOT_A_PACKET -> e.offset() == 0 ? notOpenPgp(e.reason()) : trailing("other bytes");
      case OPEN_LENGTH ->
          new Refused(
              SignatureFault.OPEN_LENGTH,
              "the signature file is written as a stream: " + e.reason());
      case TOO_MANY ->
          new Refused(SignatureFault.TOO_MANY, "the signature file holds " + e.reason());
      case TRUNCATED ->
          new Refused(SignatureFault.TRUNCATED, "the signature file is cut short: " + e.reason());
      case MALFORMED, UNSUPPORTED ->
          new Refused(SignatureFault.MALFORMED, "the signature file is damaged: " + e.reason());
    };
  }

  private static Refused notOpenPgp(String reason) {
    return new Refused(SignatureFault.NOT_OPENPGP, "this is no OpenPGP signature: " + reason);
  }

  private static Refused trailing(String what) {
    return new Refused(SignatureFault.TRAILING_BYTES, "after the signature comes " + what);
  }
}
