package org.qrepo.sign.openpgp;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.qrepo.io.HashAlgorithm;

/** The arithmetic of signing, one way for each kind of key that can sign. */
final class PrivateKeys {
  private static final int ED25519_LENGTH = 32;

  private PrivateKeys() {}

  /** Deterministic: equal digests give equal signatures. */
  static PrivateKey ed25519(Ed25519PublicKey key, BigInteger seed) {
    byte[] secret = RsaPublicKey.octets(seed, ED25519_LENGTH);
    byte[] point = key.point();
    return (hash, digest) -> {
      byte[] out = new byte[2 * ED25519_LENGTH];
      Ed25519.sign(secret, 0, point, 0, digest, 0, digest.length, out, 0);
      return pair(
          new BigInteger(1, Arrays.copyOf(out, ED25519_LENGTH)),
          new BigInteger(1, Arrays.copyOfRange(out, ED25519_LENGTH, out.length)));
    };
  }

  /** With the nonce of RFC 6979, so that it is deterministic too. */
  static PrivateKey ecdsa(EcdsaPublicKey key, BigInteger secret) {
    return (hash, digest) -> {
      ECDSASigner signer = new ECDSASigner(nonces(hash));
      signer.init(true, new ECPrivateKeyParameters(secret, key.curve().domain()));
      BigInteger[] numbers = signer.generateSignature(digest);
      return pair(numbers[0], numbers[1]);
    };
  }

  private static HMacDSAKCalculator nonces(HashAlgorithm hash) {
    return new HMacDSAKCalculator(
        switch (hash) {
          case SHA384 -> new SHA384Digest();
          case SHA512 -> new SHA512Digest();
          default -> new SHA256Digest();
        });
  }

  private static byte[] pair(BigInteger r, BigInteger s) {
    return new ByteWriter().mpi(r).mpi(s).toBytes();
  }

  /**
   * RSA by the Chinese remainder theorem, blinded: what is raised to the secret power is the block
   * times a random number that changes with every signature, so that the time it takes tells
   * nothing. Faster from a cold start than the ciphers of the JDK and of Bouncy Castle, which test
   * every result a second time.
   */
  static final class Rsa implements PrivateKey {
    private final RsaPublicKey key;
    private final BigInteger p;
    private final BigInteger q;
    private final BigInteger exponentP;
    private final BigInteger exponentQ;
    private final BigInteger coefficient;
    private BigInteger factor;
    private BigInteger inverse;

    /**
     * @throws ArithmeticException if the numbers do not belong together
     */
    Rsa(RsaPublicKey key, BigInteger exponent, BigInteger p, BigInteger q) {
      if (!p.multiply(q).equals(key.modulus()) || p.signum() <= 0 || p.bitLength() < 2) {
        throw new ArithmeticException("the primes are not those of the modulus");
      }
      this.key = key;
      this.p = p;
      this.q = q;
      this.exponentP = exponent.mod(p.subtract(BigInteger.ONE));
      this.exponentQ = exponent.mod(q.subtract(BigInteger.ONE));
      this.coefficient = q.modInverse(p);
      BigInteger random = new BigInteger(key.bits() - 1, new SecureRandom()).setBit(0);
      this.factor = random.modPow(key.exponent(), key.modulus());
      this.inverse = random.modInverse(key.modulus());
    }

    @Override
    public byte[] sign(HashAlgorithm hash, byte[] digest) {
      BigInteger modulus = key.modulus();
      BigInteger block = new BigInteger(1, RsaPublicKey.padded(hash, digest, key.length()));
      BigInteger[] blind = nextBlinding();
      BigInteger signed = power(block.multiply(blind[0]).mod(modulus));
      return new ByteWriter().mpi(signed.multiply(blind[1]).mod(modulus)).toBytes();
    }

    private BigInteger power(BigInteger block) {
      BigInteger byP = block.mod(p).modPow(exponentP, p);
      BigInteger byQ = block.mod(q).modPow(exponentQ, q);
      return byP.subtract(byQ).multiply(coefficient).mod(p).multiply(q).add(byQ);
    }

    private synchronized BigInteger[] nextBlinding() {
      factor = factor.multiply(factor).mod(key.modulus());
      inverse = inverse.multiply(inverse).mod(key.modulus());
      return new BigInteger[] {factor, inverse};
    }
  }
}
