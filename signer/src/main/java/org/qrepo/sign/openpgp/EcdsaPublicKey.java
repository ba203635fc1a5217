package org.qrepo.sign.openpgp;

import java.math.BigInteger;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.qrepo.io.HashAlgorithm;

/** ECDSA (RFC 6637). */
record EcdsaPublicKey(EcCurve curve, BigInteger point) implements PublicKey {
  @Override
  public int algorithm() {
    return PublicKeys.ECDSA;
  }

  @Override
  public String name() {
    return curve.gnupgName();
  }

  @Override
  public int bits() {
    return curve.bits();
  }

  @Override
  public boolean canVerify() {
    return true;
  }

  @Override
  public HashAlgorithm signingHash() {
    return curve.hash();
  }

  @Override
  public boolean verify(HashAlgorithm hash, byte[] digest, SignaturePacket signature) {
    try {
      BigInteger[] pair = signature.numberPair();
      ECDomainParameters domain = curve.domain();
      ECDSASigner signer = new ECDSASigner();
      signer.init(
          false,
          new ECPublicKeyParameters(domain.getCurve().decodePoint(point.toByteArray()), domain));
      return signer.verifySignature(digest, pair[0], pair[1]);
    } catch (PacketException | IllegalArgumentException | ArithmeticException e) {
      return false;
    }
  }

  @Override
  public byte[] encoded() {
    return PublicKeys.curveForm(curve.oid()).mpi(point).toBytes();
  }
}
