package org.qrepo.sign.git;

import org.qrepo.io.HashAlgorithm;

/** Which digest names the objects of a repository (git's hash-function-transition document). */
public enum ObjectFormat {
  SHA1(HashAlgorithm.SHA1, 20, "gpgsig"),
  SHA256(HashAlgorithm.SHA256, 32, "gpgsig-sha256");

  private final HashAlgorithm hash;
  private final int length;
  private final String signatureHeader;

  ObjectFormat(HashAlgorithm hash, int length, String signatureHeader) {
    this.hash = hash;
    this.length = length;
    this.signatureHeader = signatureHeader;
  }

  HashAlgorithm hash() {
    return hash;
  }

  /** Of an id, in bytes. */
  public int length() {
    return length;
  }

  /** The header of a commit that holds the signature over its form in this format. */
  String signatureHeader() {
    return signatureHeader;
  }

  /** As git writes it in a configuration: {@code sha1}. */
  public String word() {
    return this == SHA1 ? "sha1" : "sha256";
  }
}
