package org.qrepo.client;

import java.util.regex.Pattern;
import org.qrepo.publish.Fingerprint;

/**
 * A key that clients trust, and its certificate as text.
 *
 * @param fingerprint of the primary key
 * @param armored the certificate between {@code BEGIN} and {@code END PGP PUBLIC KEY BLOCK}; ASCII
 */
public record ClientKey(Fingerprint fingerprint, String armored) {
  private static final Pattern ARMOR =
      Pattern.compile(
          "-----BEGIN PGP PUBLIC KEY BLOCK-----\n[A-Za-z0-9+/=:. \n-]*"
              + "-----END PGP PUBLIC KEY BLOCK-----\n");

  /**
   * @throws IllegalArgumentException if the text is no such block
   */
  public ClientKey {
    if (!ARMOR.matcher(armored).matches()) {
      throw new IllegalArgumentException("the certificate of " + fingerprint + " is not armored");
    }
  }
}
