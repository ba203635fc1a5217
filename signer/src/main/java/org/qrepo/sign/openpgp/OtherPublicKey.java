package org.qrepo.sign.openpgp;

import org.qrepo.io.HashAlgorithm;

/** A key that is carried along: it encrypts, or its signatures cannot be tested here. */
final class OtherPublicKey implements PublicKey {
  private final int algorithm;
  private final String name;
  private final int bits;
  private final byte[] encoded;

  OtherPublicKey(int algorithm, String name, int bits, byte[] encoded) {
    this.algorithm = algorithm;
    this.name = name;
    this.bits = bits;
    this.encoded = encoded;
  }

  @Override
  public int algorithm() {
    return algorithm;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int bits() {
    return bits;
  }

  @Override
  public boolean canVerify() {
    return false;
  }

  @Override
  public boolean verify(HashAlgorithm hash, byte[] digest, SignaturePacket signature) {
    return false;
  }

  @Override
  public byte[] encoded() {
    return encoded.clone();
  }
}
