package org.qrepo.publish;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.qrepo.Finding;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/**
 * Stands in for OpenPGP where a test is about the engine: a signature is the signer's name and the
 * digest. The real keys are used wherever pacman judges.
 */
final class StampKey implements Signer, Verifier {
  private final Fingerprint fingerprint;
  private final Fingerprint allowed;
  private final AtomicInteger count = new AtomicInteger();
  private boolean anew;
  private Set<Fingerprint> others = Set.of();

  StampKey(char digit) {
    this(digit, digit);
  }

  /** No two of its signatures are the same, as those that tell their time. */
  static StampKey signingAnew(char digit) {
    StampKey key = new StampKey(digit);
    key.anew = true;
    return key;
  }

  /** Signs as one and lets only another through. */
  StampKey(char digit, char allowed) {
    this.fingerprint = new Fingerprint(String.valueOf(digit).repeat(40));
    this.allowed = new Fingerprint(String.valueOf(allowed).repeat(40));
  }

  /** Lets another key's signatures through too. */
  StampKey accepting(StampKey other) {
    others = Set.of(other.fingerprint);
    return this;
  }

  @Override
  public Fingerprint certificate() {
    return fingerprint;
  }

  @Override
  public String description() {
    return fingerprint.grouped();
  }

  @Override
  public byte[] sign(Signable signable) {
    String stamp = stamp(fingerprint, signable.digests());
    return (anew ? stamp + " " + count.incrementAndGet() : stamp)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String stamp(Fingerprint by, Digests digests) {
    return by + " " + digests.sha256();
  }

  @Override
  public Set<HashAlgorithm> algorithms(byte[] signature) {
    return Set.of(HashAlgorithm.SHA256);
  }

  @Override
  public Set<Fingerprint> claimed(byte[] signature) {
    String text = new String(signature, StandardCharsets.US_ASCII);
    return text.length() >= 105 ? Set.of(new Fingerprint(text.substring(0, 40))) : Set.of();
  }

  @Override
  public Verdict verify(String subject, byte[] signature, Digests digests, Form form) {
    String text = new String(plain(signature, form), StandardCharsets.US_ASCII);
    if (text.replaceFirst(" [0-9]{1,9}$", "").equals(stamp(allowed, digests))) {
      return new Verdict.Good(allowed, Instant.EPOCH);
    }
    for (Fingerprint other : others) {
      if (text.equals(stamp(other, digests))) {
        return new Verdict.Good(other, Instant.EPOCH);
      }
    }
    String id =
        text.length() == 105 && !text.startsWith(allowed.hex())
            ? "key-unknown"
            : "signature-other-bytes";
    return new Verdict.Bad(Finding.of(id, subject, "not by " + allowed));
  }

  /** What is inside of armor, where that is allowed. */
  private static byte[] plain(byte[] signature, Form form) {
    String text = new String(signature, StandardCharsets.US_ASCII);
    if (form == Form.BINARY || !text.startsWith("-----BEGIN PGP SIGNATURE-----\n\n")) {
      return signature;
    }
    String body =
        text.substring(
            text.indexOf("\n\n") + 2, Math.max(text.indexOf("\n="), text.indexOf("\n\n") + 2));
    return Base64.getMimeDecoder().decode(body);
  }
}
