package org.qrepo.sign.openpgp;

import java.math.BigInteger;
import org.bouncycastle.crypto.params.DSAParameters;
import org.bouncycastle.crypto.params.DSAPublicKeyParameters;
import org.bouncycastle.crypto.signers.DSASigner;
import org.qrepo.io.HashAlgorithm;

/** DSA: only tested, never made; old repositories have such keys. */
record DsaPublicKey(BigInteger p, BigInteger q, BigInteger g, BigInteger y) implements PublicKey {
  private static final int LONGEST = 4096;

  @Override
  public int algorithm() {
    return PublicKeys.DSA;
  }

  @Override
  public String name() {
    return "dsa" + bits();
  }

  @Override
  public int bits() {
    return p.bitLength();
  }

  @Override
  public boolean canVerify() {
    return p.testBit(0) && bits() <= LONGEST && q.bitLength() >= 160 && q.bitLength() <= 512;
  }

  @Override
  public boolean weak() {
    return bits() < 2048;
  }

  @Override
  public boolean verify(HashAlgorithm hash, byte[] digest, SignaturePacket signature) {
    try {
      BigInteger[] pair = signature.numberPair();
      DSASigner signer = new DSASigner();
      signer.init(false, new DSAPublicKeyParameters(y, new DSAParameters(p, q, g)));
      return canVerify()
          && 8 * digest.length >= q.bitLength()
          && signer.verifySignature(digest, pair[0], pair[1]);
    } catch (PacketException | IllegalArgumentException | ArithmeticException e) {
      return false;
    }
  }

  @Override
  public byte[] encoded() {
    return new ByteWriter().mpi(p).mpi(q).mpi(g).mpi(y).toBytes();
  }
}
