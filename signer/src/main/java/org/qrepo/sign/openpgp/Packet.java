package org.qrepo.sign.openpgp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.qrepo.sign.openpgp.PacketException.Kind;

/**
 * One OpenPGP packet: a tag and its content (RFC 4880 §4). Both header formats are read, packets of
 * open length are not: nothing that a publisher handles has them, and clients refuse them.
 */
public final class Packet {
  public static final int SIGNATURE = 2;
  public static final int SECRET_KEY = 5;
  public static final int PUBLIC_KEY = 6;
  public static final int SECRET_SUBKEY = 7;
  public static final int MARKER = 10;
  public static final int TRUST = 12;
  public static final int USER_ID = 13;
  public static final int PUBLIC_SUBKEY = 14;
  public static final int USER_ATTRIBUTE = 17;

  private final int tag;
  private final byte[] body;

  public Packet(int tag, byte[] body) {
    this.tag = tag;
    this.body = body.clone();
  }

  /**
   * All packets of a file, to its last byte.
   *
   * @param most how many are accepted
   */
  public static List<Packet> readAll(byte[] bytes, int most) throws PacketException {
    List<Packet> packets = new ArrayList<>();
    Cursor cursor = new Cursor(bytes);
    while (cursor.position < bytes.length) {
      if (packets.size() == most) {
        throw new PacketException(
            Kind.TOO_MANY, cursor.position, "more than " + most + " packets in one file");
      }
      packets.add(cursor.next());
    }
    return List.copyOf(packets);
  }

  public int tag() {
    return tag;
  }

  public byte[] body() {
    return body.clone();
  }

  /** The first octet of the content, which is a version in keys and signatures; -1 if none. */
  public int version() {
    return body.length == 0 ? -1 : body[0] & 0xff;
  }

  /** With the old header format for the tags that have one, as GnuPG writes them. */
  public byte[] encoded() {
    ByteWriter out = new ByteWriter();
    int length = body.length;
    if (tag > 15) {
      out.u8(0xC0 | tag).u8(255).u32(length);
    } else if (length < 256) {
      out.u8(0x80 | tag << 2).u8(length);
    } else if (length < 65536) {
      out.u8(0x81 | tag << 2).u16(length);
    } else {
      out.u8(0x82 | tag << 2).u32(length);
    }
    return out.bytes(body).toBytes();
  }

  public static byte[] encode(List<Packet> packets) {
    ByteWriter out = new ByteWriter();
    packets.forEach(p -> out.bytes(p.encoded()));
    return out.toBytes();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Packet p && p.tag == tag && Arrays.equals(p.body, body);
  }

  @Override
  public int hashCode() {
    return 31 * tag + Arrays.hashCode(body);
  }

  @Override
  public String toString() {
    return "packet " + tag + " of " + body.length + " bytes";
  }

  private static final class Cursor {
    private final byte[] bytes;
    private int position;

    Cursor(byte[] bytes) {
      this.bytes = bytes;
    }

    Packet next() throws PacketException {
      int start = position;
      int first = octet(start);
      int tag = (first & 0x40) != 0 ? first & 0x3f : first >>> 2 & 0x0f;
      if ((first & 0x80) == 0 || tag == 0) {
        throw new PacketException(Kind.NOT_A_PACKET, start, "no OpenPGP packet begins here");
      }
      long length = (first & 0x40) != 0 ? newLength(start) : oldLength(start, first & 3);
      if (length > bytes.length - position) {
        throw new PacketException(
            Kind.TRUNCATED,
            start,
            "the packet should have "
                + length
                + " bytes, "
                + (bytes.length - position)
                + " are there");
      }
      int end = position + (int) length;
      Packet packet = new Packet(tag, Arrays.copyOfRange(bytes, position, end));
      position = end;
      return packet;
    }

    private long newLength(int start) throws PacketException {
      int first = octet(start);
      if (first < 192) {
        return first;
      }
      if (first < 224) {
        return ((first - 192L) << 8) + octet(start) + 192;
      }
      if (first < 255) {
        throw new PacketException(Kind.OPEN_LENGTH, start, "the packet is in pieces");
      }
      return number(start, 4);
    }

    private long oldLength(int start, int lengthType) throws PacketException {
      if (lengthType == 3) {
        throw new PacketException(Kind.OPEN_LENGTH, start, "the packet does not say its length");
      }
      return number(start, 1 << lengthType);
    }

    private long number(int start, int octets) throws PacketException {
      long value = 0;
      for (int i = 0; i < octets; i++) {
        value = value << 8 | octet(start);
      }
      return value;
    }

    private int octet(int start) throws PacketException {
      if (position >= bytes.length) {
        throw new PacketException(Kind.TRUNCATED, start, "the file ends in a packet header");
      }
      return bytes[position++] & 0xff;
    }
  }
}
