package org.qrepo.sign.openpgp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** One statement inside a signature (RFC 4880 §5.2.3.1). */
public final class Subpacket {
  public static final int CREATION_TIME = 2;
  public static final int EXPIRATION_TIME = 3;
  public static final int KEY_EXPIRATION = 9;
  public static final int PREFERRED_CIPHERS = 11;
  public static final int ISSUER = 16;
  public static final int PREFERRED_HASHES = 21;
  public static final int PREFERRED_COMPRESSION = 22;
  public static final int KEY_SERVER_PREFERENCES = 23;
  public static final int PRIMARY_USER_ID = 25;
  public static final int KEY_FLAGS = 27;
  public static final int REVOCATION_REASON = 29;
  public static final int FEATURES = 30;
  public static final int EMBEDDED_SIGNATURE = 32;
  public static final int ISSUER_FINGERPRINT = 33;

  /**
   * The kinds that may be marked critical because they are understood or state nothing that a
   * publisher acts upon. Notations are not among them: their meaning is in their name.
   */
  private static final Set<Integer> UNDERSTOOD =
      Set.of(2, 3, 4, 5, 6, 7, 9, 11, 12, 16, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 32, 33);

  private final int type;
  private final boolean critical;
  private final byte[] data;

  public Subpacket(int type, boolean critical, byte[] data) {
    this.type = type;
    this.critical = critical;
    this.data = data.clone();
  }

  /** Not critical. */
  public static Subpacket of(int type, byte... data) {
    return new Subpacket(type, false, data);
  }

  /** A time or a number of seconds. */
  public static Subpacket ofSeconds(int type, long seconds) {
    return of(type, ByteBuffer.allocate(4).putInt((int) seconds).array());
  }

  static List<Subpacket> readAll(byte[] area) throws PacketException {
    ByteReader in = new ByteReader(area);
    List<Subpacket> all = new ArrayList<>();
    while (!in.atEnd()) {
      long length = length(in);
      if (length < 1 || length > in.remaining()) {
        throw PacketException.malformed("a subpacket ends outside of its signature");
      }
      int type = in.u8();
      all.add(new Subpacket(type & 0x7f, (type & 0x80) != 0, in.bytes((int) length - 1)));
    }
    return List.copyOf(all);
  }

  private static long length(ByteReader in) throws PacketException {
    int first = in.u8();
    if (first < 192) {
      return first;
    }
    return first < 255 ? ((first - 192L) << 8) + in.u8() + 192 : in.u32();
  }

  static byte[] encode(List<Subpacket> subpackets) {
    ByteWriter out = new ByteWriter();
    for (Subpacket s : subpackets) {
      int length = s.data.length + 1;
      if (length < 192) {
        out.u8(length);
      } else {
        out.u8(255).u32(length);
      }
      out.u8(s.critical ? s.type | 0x80 : s.type).bytes(s.data);
    }
    return out.toBytes();
  }

  public int type() {
    return type;
  }

  public boolean critical() {
    return critical;
  }

  public byte[] data() {
    return data.clone();
  }

  /** Whether its meaning must be understood and is not. */
  public boolean unknownAndCritical() {
    return critical && !UNDERSTOOD.contains(type);
  }

  /** The value of a time or number of seconds. */
  long seconds() throws PacketException {
    if (data.length != 4) {
      throw PacketException.malformed("subpacket " + type + " is no 32-bit number");
    }
    return ByteBuffer.wrap(data).getInt() & 0xFFFFFFFFL;
  }

  /** In upper-case hex. */
  String hex() {
    return HexFormat.of().withUpperCase().formatHex(data);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Subpacket s
        && s.type == type
        && s.critical == critical
        && Arrays.equals(s.data, data);
  }

  @Override
  public int hashCode() {
    return 31 * type + Arrays.hashCode(data);
  }
}
