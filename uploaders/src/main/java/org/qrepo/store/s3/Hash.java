package org.qrepo.store.s3;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import org.qrepo.io.Sha256;

/** The digests that the protocol has, in its forms. */
final class Hash {
  private Hash() {}

  static MessageDigest sha256() {
    return of("SHA-256");
  }

  /** Amazon's word for the bytes of an object, not a protection. */
  static MessageDigest md5() {
    return of("MD5");
  }

  /** As checksum headers have it. */
  static String base64(Sha256 digest) {
    return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(digest.hex()));
  }

  private static MessageDigest of(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no " + algorithm, e);
    }
  }
}
