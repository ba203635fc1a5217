package org.qrepo.sign.openpgp;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/** The secret numbers of a key in clear (RFC 4880 §5.5.3). */
final class SecretNumbers {
  private static final int SUM_LENGTH = 2;

  private SecretNumbers() {}

  /**
   * Takes the sum of all octets off that follows the numbers of a key without protection.
   *
   * @return empty if it is wrong
   */
  static Optional<byte[]> unprotected(byte[] bytes) {
    int end = bytes.length - SUM_LENGTH;
    if (end < 0) {
      return Optional.empty();
    }
    int sum = 0;
    for (int i = 0; i < end; i++) {
      sum += bytes[i] & 0xff;
    }
    int stated = ((bytes[end] & 0xff) << 8) | (bytes[end + 1] & 0xff);
    return (sum & 0xffff) == stated ? Optional.of(Arrays.copyOf(bytes, end)) : Optional.empty();
  }

  /**
   * The key that signs.
   *
   * @throws PacketException of kind UNSUPPORTED for keys that cannot sign, else if the numbers are
   *     damaged
   */
  static PrivateKey privateKey(PublicKey key, byte[] numbers) throws PacketException {
    ByteReader in = new ByteReader(numbers);
    PrivateKey read;
    try {
      read = read(key, in);
    } catch (ArithmeticException e) {
      throw PacketException.malformed("secret numbers that do not belong to the key");
    }
    if (!in.atEnd()) {
      throw PacketException.malformed("bytes after the secret numbers");
    }
    return read;
  }

  private static PrivateKey read(PublicKey key, ByteReader in) throws PacketException {
    if (key instanceof RsaPublicKey rsa) {
      PrivateKey read = new PrivateKeys.Rsa(rsa, in.mpi(), in.mpi(), in.mpi());
      in.mpi();
      return read;
    }
    if (key instanceof Ed25519PublicKey ed25519) {
      return PrivateKeys.ed25519(ed25519, inRange(in.mpi(), 256));
    }
    if (key instanceof EcdsaPublicKey ecdsa) {
      return PrivateKeys.ecdsa(ecdsa, inRange(in.mpi(), ecdsa.bits()));
    }
    throw PacketException.unsupported("a key of kind " + key.name() + " does not sign here");
  }

  private static BigInteger inRange(BigInteger secret, int bits) throws PacketException {
    if (secret.signum() == 0 || secret.bitLength() > bits) {
      throw PacketException.malformed("a secret number out of range");
    }
    return secret;
  }
}
