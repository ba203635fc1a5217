package org.qrepo.publish;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The full fingerprint of an OpenPGP v4 key. Key ids, which can be forged, are never accepted in
 * its place.
 *
 * @param hex 40 upper-case hex digits
 */
public record Fingerprint(String hex) {
  private static final Pattern FORM = Pattern.compile("[0-9A-F]{40}");

  public Fingerprint {
    if (!FORM.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "'"
              + hex
              + "' is not a full fingerprint: 40 hex digits are needed (a key id is not enough)");
    }
  }

  /**
   * Reads a fingerprint as people and gpg write it: any case, blanks between groups, an optional
   * 0x.
   */
  public static Fingerprint parse(String text) {
    String bare = text.replaceAll("\\s", "");
    if (bare.startsWith("0x") || bare.startsWith("0X")) {
      bare = bare.substring(2);
    }
    return new Fingerprint(bare.toUpperCase(Locale.ROOT));
  }

  /** In groups of four, as gpg prints it. */
  public String grouped() {
    return hex.replaceAll("(.{4})(?!$)", "$1 ");
  }

  @Override
  public String toString() {
    return hex;
  }
}
