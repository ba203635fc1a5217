package org.qrepo.sign;

import java.util.ArrayList;
import java.util.List;
import org.qrepo.Finding;
import org.qrepo.publish.Verifier;
import org.qrepo.sign.openpgp.Armor;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.PacketException;
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
    private final transient Finding finding;

    Refused(String id, String reason, String... details) {
      super(reason);
      finding = Finding.of(id, "", reason, details);
    }

    Finding finding(String subject) {
      return new Finding(finding.id(), subject, finding.reason(), finding.details());
    }
  }

  static Finding malformed(String subject, String reason) {
    return Finding.of(
        "signature-malformed",
        subject,
        "the signature file is damaged: " + reason,
        "pacman will say: GPGME error, or: signature format error. Sign again.");
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
      throw new Refused(
          "signature-empty",
          "the signature file is empty",
          "Signing failed and nobody looked. pacman will say: GPGME error: No data. Sign again.");
    }
    if (bytes.length > Verifier.MAX_SIGNATURE) {
      throw new Refused(
          "signature-too-large",
          "the signature file is larger than " + Verifier.MAX_SIGNATURE + " bytes",
          "pacman will say: Maximum file size exceeded.");
    }
    if (!Armor.isArmored(bytes)) {
      return bytes;
    }
    if (form == Verifier.Form.BINARY) {
      throw new Refused(
          "signature-armored",
          "the signature is ASCII armored, a binary one is needed",
          "repo-add and pacman refuse it for packages: signature format error.",
          "Convert it (gpg --dearmor) or sign again with: gpg --detach-sign --no-armor FILE");
    }
    try {
      return Armor.decode(bytes, Armor.Block.SIGNATURE, true);
    } catch (PacketException e) {
      throw refused(e);
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
    if (packet.version() != SignaturePacket.VERSION) {
      throw new Refused(
          "signature-version",
          "the signature packet is of version "
              + packet.version()
              + ", clients read version "
              + SignaturePacket.VERSION,
          "pacman will say: unsupported signature format.",
          "Sign again with GnuPG 2 or qrepo, and a version 4 key.");
    }
    try {
      return SignaturePacket.parse(packet.body());
    } catch (PacketException e) {
      throw refused(e);
    }
  }

  private static Refused refused(PacketException e) {
    return switch (e.kind()) {
      case NOT_A_PACKET -> e.offset() == 0 ? notOpenPgp(e.reason()) : trailing("other bytes");
      case OPEN_LENGTH ->
          new Refused(
              "signature-open-length",
              "the signature file is written as a stream: " + e.reason(),
              "pacman will say: signature format error. Sign again with gpg or qrepo.");
      case TOO_MANY ->
          new Refused(
              "signature-too-many",
              "the signature file holds " + e.reason(),
              "Clients want every one of them to be good. Sign again; one is enough.");
      case TRUNCATED, MALFORMED, UNSUPPORTED -> {
        Finding finding = malformed("", e.reason());
        yield new Refused(finding.id(), finding.reason(), finding.details().get(0));
      }
    };
  }

  private static Refused notOpenPgp(String reason) {
    return new Refused(
        "signature-not-openpgp",
        "this is no OpenPGP signature: " + reason,
        "A web server's error page looks like this too. pacman will say: GPGME error: No data.");
  }

  private static Refused trailing(String what) {
    return new Refused(
        "signature-trailing-bytes",
        "after the signature comes " + what,
        "Nobody signed that. Sign again, or cut the file to its signature.");
  }
}
