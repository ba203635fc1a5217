package org.qrepo.sign.openpgp;

import java.math.BigInteger;
import java.util.Arrays;

/** Reads the numbers of public keys by algorithm. */
final class PublicKeys {
  static final int RSA = 1;
  static final int RSA_ENCRYPT = 2;
  static final int RSA_SIGN = 3;
  static final int ELGAMAL = 16;
  static final int DSA = 17;
  static final int ECDH = 18;
  static final int ECDSA = 19;
  static final int EDDSA = 22;
  static final int X25519 = 25;
  static final int ED448 = 28;

  private static final int[] NATIVE_LENGTHS = {32, 56, 32, 57};

  private PublicKeys() {}

  static PublicKey read(int algorithm, ByteReader in) throws PacketException {
    return switch (algorithm) {
      case RSA, RSA_SIGN -> RsaPublicKey.read(in.mpi(), in.mpi());
      case RSA_ENCRYPT -> other("rsa", algorithm, in.mpi(), in.mpi());
      case ELGAMAL -> other("elg", algorithm, in.mpi(), in.mpi(), in.mpi());
      case DSA -> new DsaPublicKey(in.mpi(), in.mpi(), in.mpi(), in.mpi());
      case ECDSA -> ecdsa(curve(in), in.mpi());
      case EDDSA -> eddsa(curve(in), in.mpi());
      case ECDH -> ecdh(in);
      case X25519, 26, 27, ED448 -> {
        byte[] point = in.bytes(NATIVE_LENGTHS[algorithm - X25519]);
        yield new OtherPublicKey(algorithm, "algorithm " + algorithm, 8 * point.length, point);
      }
      default -> throw PacketException.unsupported("a key of algorithm " + algorithm);
    };
  }

  private static PublicKey ecdsa(byte[] curve, BigInteger point) {
    return EcCurve.byOid(curve)
        .<PublicKey>map(c -> new EcdsaPublicKey(c, point))
        .orElseGet(() -> onUnknownCurve(ECDSA, curve, point));
  }

  private static PublicKey eddsa(byte[] curve, BigInteger point) throws PacketException {
    return Arrays.equals(curve, Ed25519PublicKey.OID)
        ? Ed25519PublicKey.read(point)
        : onUnknownCurve(EDDSA, curve, point);
  }

  private static PublicKey ecdh(ByteReader in) throws PacketException {
    byte[] curve = curve(in);
    BigInteger point = in.mpi();
    byte[] derivation = in.bytes(in.u8());
    byte[] encoded = curveForm(curve).mpi(point).u8(derivation.length).bytes(derivation).toBytes();
    return new OtherPublicKey(ECDH, "ecdh", point.bitLength(), encoded);
  }

  private static PublicKey onUnknownCurve(int algorithm, byte[] curve, BigInteger point) {
    byte[] encoded = curveForm(curve).mpi(point).toBytes();
    return new OtherPublicKey(algorithm, "an unknown curve", point.bitLength(), encoded);
  }

  private static PublicKey other(String name, int algorithm, BigInteger... numbers) {
    ByteWriter out = new ByteWriter();
    for (BigInteger number : numbers) {
      out.mpi(number);
    }
    int bits = numbers[0].bitLength();
    return new OtherPublicKey(algorithm, name + bits, bits, out.toBytes());
  }

  private static byte[] curve(ByteReader in) throws PacketException {
    int length = in.u8();
    if (length == 0 || length == 255) {
      throw PacketException.malformed("a curve without a name");
    }
    return in.bytes(length);
  }

  static ByteWriter curveForm(byte[] oid) {
    return new ByteWriter().u8(oid.length).bytes(oid);
  }
}
