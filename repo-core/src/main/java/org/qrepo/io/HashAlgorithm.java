package org.qrepo.io;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash algorithms that package checksums and OpenPGP signatures use. */
public enum HashAlgorithm {
  MD5("MD5"),
  SHA1("SHA-1"),
  SHA224("SHA-224"),
  SHA256("SHA-256"),
  SHA384("SHA-384"),
  SHA512("SHA-512");

  private final String jcaName;

  HashAlgorithm(String jcaName) {
    this.jcaName = jcaName;
  }

  /** A fresh digest of the JDK: several times faster than those of other providers. */
  public MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance(jcaName);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no " + jcaName, e);
    }
  }
}
