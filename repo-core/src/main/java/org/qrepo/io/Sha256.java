package org.qrepo.io;

import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A SHA-256 digest, as lower-case hex: pacman clients refuse upper case.
 *
 * @param hex 64 lower-case hex digits
 */
public record Sha256(String hex) {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

  public Sha256 {
    if (!FORM.matcher(hex).matches()) {
      throw new IllegalArgumentException("not a lower-case SHA-256: " + hex);
    }
  }

  public static Sha256 of(byte[] digest) {
    return new Sha256(HexFormat.of().formatHex(digest));
  }

  @Override
  public String toString() {
    return hex;
  }
}
