package org.qrepo.sign.openpgp;

import java.math.BigInteger;
import java.util.Arrays;

/** A bounded cursor over the content of one packet. */
final class ByteReader {
  /** The longest number that is read: that of an RSA key twice as long as GnuPG ever made. */
  private static final int MAX_MPI_BITS = 16384;

  private final byte[] bytes;
  private int position;

  ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  int position() {
    return position;
  }

  int remaining() {
    return bytes.length - position;
  }

  boolean atEnd() {
    return remaining() == 0;
  }

  int u8() throws PacketException {
    need(1);
    return bytes[position++] & 0xff;
  }

  int u16() throws PacketException {
    return u8() << 8 | u8();
  }

  long u32() throws PacketException {
    return (long) u16() << 16 | u16();
  }

  byte[] bytes(int count) throws PacketException {
    need(count);
    byte[] taken = Arrays.copyOfRange(bytes, position, position + count);
    position += count;
    return taken;
  }

  byte[] rest() {
    byte[] taken = Arrays.copyOfRange(bytes, position, bytes.length);
    position = bytes.length;
    return taken;
  }

  /** A multiprecision integer: its length in bits on two octets, then the octets of its value. */
  BigInteger mpi() throws PacketException {
    int bits = u16();
    if (bits > MAX_MPI_BITS) {
      throw PacketException.malformed("a number of " + bits + " bits");
    }
    return new BigInteger(1, bytes((bits + 7) / 8));
  }

  private void need(int count) throws PacketException {
    if (count < 0 || count > remaining()) {
      throw PacketException.malformed("the content of a packet ends early");
    }
  }
}
