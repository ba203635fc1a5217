package org.qrepo.sign.openpgp;

import java.math.BigInteger;
import java.util.HexFormat;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.qrepo.io.HashAlgorithm;

/**
 * Ed25519 as GnuPG since 2.1 makes it: algorithm 22, the point after an octet 0x40, signatures as
 * two numbers. Over the digest of the message, whatever its length.
 */
public final class Ed25519PublicKey implements PublicKey {
  static final byte[] OID = HexFormat.of().parseHex("2B06010401DA470F01");
  private static final int LENGTH = 32;
  private static final int POINT_PREFIX = 0x40;

  private final byte[] point;

  /**
   * A key of a point.
   *
   * @param point 32 octets
   */
  public Ed25519PublicKey(byte[] point) {
    if (point.length != LENGTH) {
      throw new IllegalArgumentException("an Ed25519 point has 32 octets");
    }
    this.point = point.clone();
  }

  static PublicKey read(BigInteger number) throws PacketException {
    byte[] octets = RsaPublicKey.octets(number, LENGTH + 1);
    if (octets[0] != POINT_PREFIX || number.bitLength() > 8 * (LENGTH + 1)) {
      throw PacketException.malformed("an Ed25519 point that does not begin with 0x40");
    }
    return new Ed25519PublicKey(java.util.Arrays.copyOfRange(octets, 1, LENGTH + 1));
  }

  byte[] point() {
    return point.clone();
  }

  @Override
  public int algorithm() {
    return PublicKeys.EDDSA;
  }

  @Override
  public String name() {
    return "ed25519";
  }

  @Override
  public int bits() {
    return 255;
  }

  @Override
  public boolean canVerify() {
    return true;
  }

  @Override
  public boolean verify(HashAlgorithm hash, byte[] digest, SignaturePacket signature) {
    try {
      BigInteger[] pair = signature.numberPair();
      if (pair[0].bitLength() > 8 * LENGTH || pair[1].bitLength() > 8 * LENGTH) {
        return false;
      }
      byte[] octets = new byte[2 * LENGTH];
      System.arraycopy(RsaPublicKey.octets(pair[0], LENGTH), 0, octets, 0, LENGTH);
      System.arraycopy(RsaPublicKey.octets(pair[1], LENGTH), 0, octets, LENGTH, LENGTH);
      return Ed25519.verify(octets, 0, point, 0, digest, 0, digest.length);
    } catch (PacketException e) {
      return false;
    }
  }

  @Override
  public byte[] encoded() {
    byte[] prefixed = new byte[LENGTH + 1];
    prefixed[0] = POINT_PREFIX;
    System.arraycopy(point, 0, prefixed, 1, LENGTH);
    return PublicKeys.curveForm(OID).mpi(new BigInteger(1, prefixed)).toBytes();
  }
}
