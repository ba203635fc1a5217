package org.qrepo.sign.openpgp;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.qrepo.io.HashAlgorithm;

/** RSA with the padding of PKCS #1 version 1.5. */
public final class RsaPublicKey implements PublicKey {
  /** What pacman's world still makes; rpm's verifier refuses shorter ones. */
  private static final int SHORTEST = 2048;

  private static final int LONGEST_EXPONENT = 64;

  private final BigInteger modulus;
  private final BigInteger exponent;

  public RsaPublicKey(BigInteger modulus, BigInteger exponent) {
    this.modulus = modulus;
    this.exponent = exponent;
  }

  static PublicKey read(BigInteger modulus, BigInteger exponent) {
    return new RsaPublicKey(modulus, exponent);
  }

  BigInteger modulus() {
    return modulus;
  }

  BigInteger exponent() {
    return exponent;
  }

  @Override
  public int algorithm() {
    return PublicKeys.RSA;
  }

  @Override
  public String name() {
    return "rsa" + bits();
  }

  @Override
  public int bits() {
    return modulus.bitLength();
  }

  @Override
  public boolean canVerify() {
    return modulus.testBit(0)
        && bits() >= 1024
        && exponent.testBit(0)
        && exponent.bitLength() > 1
        && exponent.bitLength() <= LONGEST_EXPONENT;
  }

  @Override
  public boolean weak() {
    return bits() < SHORTEST;
  }

  @Override
  public boolean verify(HashAlgorithm hash, byte[] digest, SignaturePacket signature) {
    try {
      BigInteger number = signature.number();
      if (!canVerify() || number.signum() == 0 || number.compareTo(modulus) >= 0) {
        return false;
      }
      byte[] found = octets(number.modPow(exponent, modulus), length());
      return MessageDigest.isEqual(found, padded(hash, digest, length()));
    } catch (PacketException e) {
      return false;
    }
  }

  /** The length of the modulus in octets. */
  int length() {
    return (bits() + 7) / 8;
  }

  @Override
  public byte[] encoded() {
    return new ByteWriter().mpi(modulus).mpi(exponent).toBytes();
  }

  /** The block that RSA signs: 0, 1, filling, 0, the name of the hash, the digest. */
  static byte[] padded(HashAlgorithm hash, byte[] digest, int length) {
    byte[] name = digestInfo(hash);
    byte[] block = new byte[length];
    Arrays.fill(block, (byte) 0xff);
    int end = length - digest.length - name.length;
    block[0] = 0;
    block[1] = 1;
    block[end - 1] = 0;
    System.arraycopy(name, 0, block, end, name.length);
    System.arraycopy(digest, 0, block, end + name.length, digest.length);
    return block;
  }

  /** The start of a DigestInfo in DER (RFC 8017 §9.2, note 1). */
  private static byte[] digestInfo(HashAlgorithm hash) {
    return HexFormat.of()
        .parseHex(
            switch (hash) {
              case MD5 -> "3020300c06082a864886f70d020505000410";
              case SHA1 -> "3021300906052b0e03021a05000414";
              case SHA224 -> "302d300d06096086480165030402040500041c";
              case SHA256 -> "3031300d060960864801650304020105000420";
              case SHA384 -> "3041300d060960864801650304020205000430";
              case SHA512 -> "3051300d060960864801650304020305000440";
            });
  }

  /** A number in exactly so many octets. */
  static byte[] octets(BigInteger number, int length) {
    byte[] signed = number.toByteArray();
    byte[] out = new byte[length];
    int count = Math.min(signed.length, length);
    System.arraycopy(signed, signed.length - count, out, length - count, count);
    return out;
  }
}
