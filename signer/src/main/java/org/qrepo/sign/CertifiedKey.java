package org.qrepo.sign;

import java.time.Instant;
import java.util.Optional;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.openpgp.PublicKeyPacket;

/**
 * One key of a certificate, with what its owner says of it.
 *
 * @param packet the key itself
 * @param primary whether it is the certificate's primary key
 * @param binding whether it belongs to the certificate
 * @param signs whether its owner lets it sign data
 * @param expires when it stops to be valid, by its own or its primary key's date; empty for never
 * @param revoked whether it or its primary key was revoked
 */
public record CertifiedKey(
    PublicKeyPacket packet,
    boolean primary,
    Binding binding,
    boolean signs,
    Optional<Instant> expires,
    boolean revoked) {

  /** How a key belongs to its certificate. */
  public enum Binding {
    /** The primary key says so, and a signing subkey agrees. */
    BOUND,
    /** There is no valid statement of the primary key. */
    UNBOUND,
    /** A signing subkey without its own consent: anyone could have adopted it. */
    WITHOUT_CONSENT
  }

  public Fingerprint fingerprint() {
    return packet.fingerprint();
  }

  /** As GnuPG names it: {@code rsa4096}, {@code ed25519}. */
  public String algorithm() {
    return packet.key().name();
  }

  public int bits() {
    return packet.key().bits();
  }

  public Instant created() {
    return packet.created();
  }

  /** Whether clients would accept a signature that this key makes now. */
  public boolean usable(Instant now) {
    return signs
        && binding == Binding.BOUND
        && !revoked
        && packet.key().canVerify()
        && !packet.key().weak()
        && !created().isAfter(now)
        && expires.map(now::isBefore).orElse(true);
  }
}
