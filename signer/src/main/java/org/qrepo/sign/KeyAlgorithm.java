package org.qrepo.sign;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of key that qrepo makes. */
public enum KeyAlgorithm {
  /** Small and fast; every client since GnuPG 2.1 knows it. */
  ED25519("ed25519"),
  /** For those who must serve older verifiers. */
  RSA4096("rsa4096");

  private final String label;

  KeyAlgorithm(String label) {
    this.label = label;
  }

  /** As GnuPG names it. */
  public String label() {
    return label;
  }

  public static Optional<KeyAlgorithm> byLabel(String label) {
    return Arrays.stream(values()).filter(a -> a.label.equals(label)).findFirst();
  }
}
