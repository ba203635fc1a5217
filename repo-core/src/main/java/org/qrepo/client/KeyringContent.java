package org.qrepo.client;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.qrepo.publish.Fingerprint;

/**
 * The three files of a keyring. {@code pacman-key --populate} imports the certificates, signs the
 * trusted ones with pacman's own key, and disables the revoked ones.
 */
public final class KeyringContent {
  /**
   * The level of trust behind a fingerprint: that of a key that certifies others, as the keyrings
   * of distributions have it. A key that pacman's own key has signed is valid by itself.
   */
  private static final String OWNER_TRUST = ":4:";

  private final byte[] certificates;
  private final String armored;
  private final List<Fingerprint> trusted;
  private final List<Fingerprint> revoked;

  /**
   * @param certificates as {@code gpg --export} writes them
   * @param armored the same as text
   * @param trusted the primary keys whose signatures count, the one that signs now first
   * @param revoked the primary keys whose signatures count no more, whether their certificates are
   *     among them or not
   * @throws IllegalArgumentException with a reason that can be shown, if no key is trusted, or one
   *     is listed twice
   */
  public KeyringContent(
      byte[] certificates, String armored, List<Fingerprint> trusted, List<Fingerprint> revoked) {
    this.certificates = certificates.clone();
    this.armored = armored;
    this.trusted = List.copyOf(trusted);
    this.revoked = List.copyOf(revoked);
    if (trusted.isEmpty()) {
      throw new IllegalArgumentException("a keyring needs a key that is trusted");
    }
    Set<Fingerprint> seen = new HashSet<>();
    for (Fingerprint fingerprint : trusted) {
      requireNew(seen, fingerprint);
    }
    for (Fingerprint fingerprint : revoked) {
      requireNew(seen, fingerprint);
    }
  }

  private static void requireNew(Set<Fingerprint> seen, Fingerprint fingerprint) {
    if (!seen.add(fingerprint)) {
      throw new IllegalArgumentException(
          "the key " + fingerprint.grouped() + " is listed twice, as trusted or revoked");
    }
  }

  /** {@code NAME.gpg}. */
  public byte[] certificates() {
    return certificates.clone();
  }

  /** The certificates as text. */
  public String armored() {
    return armored;
  }

  /** The primary keys whose signatures count, the one that signs now first. */
  public List<Fingerprint> trusted() {
    return trusted;
  }

  /** The primary keys whose signatures count no more. */
  public List<Fingerprint> revoked() {
    return revoked;
  }

  /** {@code NAME-trusted}. */
  public String trustedFile() {
    return trusted.stream().map(f -> f + OWNER_TRUST + "\n").collect(Collectors.joining());
  }

  /** {@code NAME-revoked}. */
  public String revokedFile() {
    return revoked.stream().map(f -> f + "\n").collect(Collectors.joining());
  }
}
