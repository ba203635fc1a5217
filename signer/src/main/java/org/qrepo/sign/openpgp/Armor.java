package org.qrepo.sign.openpgp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.qrepo.io.AsciiArmor;
import org.qrepo.sign.openpgp.PacketException.Kind;

/**
 * ASCII armor (RFC 4880 §6): base64 between a BEGIN and an END line, with a 24-bit check sum.
 * Several blocks may follow each other, as in key files that people put together with cat.
 */
public final class Armor {
  private static final String BEGIN = "-----BEGIN PGP ";
  private static final String END = "-----END PGP ";
  private static final String DASHES = "-----";

  /** What a block holds. */
  public enum Block {
    SIGNATURE("SIGNATURE"),
    PUBLIC_KEY("PUBLIC KEY BLOCK"),
    PRIVATE_KEY("PRIVATE KEY BLOCK");

    private final String label;

    Block(String label) {
      this.label = label;
    }
  }

  private Armor() {}

  /** Whether this is text with an armored block rather than packets. */
  public static boolean isArmored(byte[] bytes) {
    boolean packet = bytes.length > 0 && (bytes[0] & 0x80) != 0;
    return !packet && text(bytes).contains(BEGIN);
  }

  /**
   * The packets of all blocks of this kind. Text before, between and after blocks is passed over,
   * as GnuPG does, unless {@code strict}.
   *
   * @param strict nothing but white space may stand outside of exactly one block
   */
  public static byte[] decode(byte[] bytes, Block block, boolean strict) throws PacketException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String begin = BEGIN + block.label + DASHES;
    String end = END + block.label + DASHES;
    List<String> lines = text(bytes).lines().map(String::stripTrailing).toList();
    int blocks = 0;
    int at = 0;
    while (at < lines.size()) {
      if (!lines.get(at).equals(begin)) {
        if (strict && !lines.get(at).isBlank()) {
          throw PacketException.malformed("text outside of the armored block");
        }
        at++;
        continue;
      }
      List<String> rest = lines.subList(at + 1, lines.size());
      int length = rest.indexOf(end);
      if (length < 0) {
        throw new PacketException(Kind.TRUNCATED, 0, "the armored block has no END line");
      }
      out.writeBytes(decodeBlock(rest.subList(0, length)));
      at += length + 2;
      blocks++;
      if (strict && blocks > 1) {
        throw PacketException.malformed("several armored blocks");
      }
    }
    if (blocks == 0) {
      throw new PacketException(Kind.NOT_A_PACKET, 0, "no armored block of kind " + block.label);
    }
    return out.toByteArray();
  }

  /**
   * One block.
   *
   * @param headers lines such as {@code Comment: a revocation certificate}
   */
  public static byte[] encode(byte[] packets, Block block, List<String> headers) {
    return AsciiArmor.encode(packets, block.label, headers);
  }

  private static byte[] decodeBlock(List<String> lines) throws PacketException {
    int body = 0;
    while (body < lines.size() && lines.get(body).contains(":")) {
      body++;
    }
    StringBuilder base64 = new StringBuilder();
    String sum = "";
    for (String line : lines.subList(body, lines.size())) {
      if (!sum.isEmpty() && !line.isBlank()) {
        throw PacketException.malformed("armored text goes on after its check sum");
      }
      if (line.startsWith("=")) {
        sum = line.substring(1);
      } else {
        base64.append(line.strip());
      }
    }
    byte[] packets = base64(base64.toString());
    if (!sum.isEmpty() && !Arrays.equals(base64(sum), AsciiArmor.checksum(packets))) {
      throw PacketException.malformed("the check sum of the armored block is wrong");
    }
    return packets;
  }

  private static byte[] base64(String text) throws PacketException {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw PacketException.malformed("the armored block is not base64");
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
