package org.qrepo.io;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * Writes ASCII armor (RFC 4880 §6): base64 between a BEGIN and an END line, with a 24-bit check
 * sum.
 */
public final class AsciiArmor {
  private AsciiArmor() {}

  /**
   * One block.
   *
   * @param label what stands in its BEGIN and END lines after PGP
   * @param headers lines such as {@code Comment: a revocation certificate}
   */
  public static byte[] encode(byte[] packets, String label, List<String> headers) {
    StringBuilder out = new StringBuilder("-----BEGIN PGP " + label + "-----\n");
    headers.forEach(h -> out.append(h).append('\n'));
    out.append('\n');
    byte[] newline = {'\n'};
    out.append(ascii(Base64.getMimeEncoder(64, newline).encode(packets))).append("\n=");
    out.append(ascii(Base64.getEncoder().encode(checksum(packets)))).append('\n');
    out.append("-----END PGP " + label + "-----\n");
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** CRC-24 with the generator and start value of RFC 4880 §6.1: three octets. */
  public static byte[] checksum(byte[] bytes) {
    int crc = 0xB704CE;
    for (byte b : bytes) {
      crc ^= (b & 0xff) << 16;
      for (int i = 0; i < 8; i++) {
        crc <<= 1;
        if ((crc & 0x1000000) != 0) {
          crc ^= 0x1864CFB;
        }
      }
    }
    return new byte[] {(byte) (crc >>> 16), (byte) (crc >>> 8), (byte) crc};
  }

  private static String ascii(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
