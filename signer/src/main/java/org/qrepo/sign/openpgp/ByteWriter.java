package org.qrepo.sign.openpgp;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;

/** Gathers the octets of packets. */
final class ByteWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  ByteWriter u8(int value) {
    out.write(value);
    return this;
  }

  ByteWriter u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  ByteWriter u32(long value) {
    return u16((int) (value >>> 16)).u16((int) value);
  }

  ByteWriter bytes(byte[] value) {
    out.writeBytes(value);
    return this;
  }

  /** A number without leading zero octets, after its length in bits. */
  ByteWriter mpi(BigInteger value) {
    u16(value.bitLength());
    byte[] signed = value.toByteArray();
    int lead = signed.length - (value.bitLength() + 7) / 8;
    out.write(signed, lead, signed.length - lead);
    return this;
  }

  int size() {
    return out.size();
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
