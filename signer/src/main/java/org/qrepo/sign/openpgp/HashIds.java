package org.qrepo.sign.openpgp;

import java.util.Optional;
import org.qrepo.io.HashAlgorithm;

/** The numbers of hash algorithms (RFC 4880 §9.4). */
public final class HashIds {
  private HashIds() {}

  /** Empty for what is not implemented. */
  public static Optional<HashAlgorithm> algorithm(int id) {
    return Optional.ofNullable(
        switch (id) {
          case 1 -> HashAlgorithm.MD5;
          case 2 -> HashAlgorithm.SHA1;
          case 8 -> HashAlgorithm.SHA256;
          case 9 -> HashAlgorithm.SHA384;
          case 10 -> HashAlgorithm.SHA512;
          case 11 -> HashAlgorithm.SHA224;
          default -> null;
        });
  }

  static int id(HashAlgorithm algorithm) {
    return switch (algorithm) {
      case MD5 -> 1;
      case SHA1 -> 2;
      case SHA256 -> 8;
      case SHA384 -> 9;
      case SHA512 -> 10;
      case SHA224 -> 11;
    };
  }

  /** How people know the number. */
  public static String name(int id) {
    return switch (id) {
      case 1 -> "MD5";
      case 2 -> "SHA-1";
      case 3 -> "RIPEMD-160";
      case 8 -> "SHA-256";
      case 9 -> "SHA-384";
      case 10 -> "SHA-512";
      case 11 -> "SHA-224";
      case 12 -> "SHA3-256";
      case 14 -> "SHA3-512";
      default -> "hash algorithm " + id;
    };
  }
}
