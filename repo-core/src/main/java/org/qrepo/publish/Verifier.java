package org.qrepo.publish;

import java.time.Instant;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/** Checks detached signatures against the certificates that the user allows. */
public interface Verifier {
  /** The longest signature that pacman downloads, in bytes. */
  int MAX_SIGNATURE = 16384;

  /**
   * Which digests {@link #verify} needs for this signature; empty for what is no readable
   * signature.
   */
  Set<HashAlgorithm> algorithms(byte[] signature);

  /**
   * Whose signature it says to be: the certificates at hand that have the keys it names, or else
   * the fingerprints it names. Nothing is verified; empty for what is no readable signature, or
   * names no key that is known.
   */
  Set<Fingerprint> claimed(byte[] signature);

  /**
   * Whether the signature file is one that clients accept for the bytes that were digested.
   *
   * @param subject what messages call the signed thing
   * @param digests holds the {@link #algorithms} of this signature
   * @param form whether ASCII armor is allowed: clients take it for databases, never for packages
   */
  Verdict verify(String subject, byte[] signature, Digests digests, Form form);

  /** What a signature file may look like. */
  enum Form {
    BINARY,
    BINARY_OR_ARMORED
  }

  /** The outcome of a verification. */
  sealed interface Verdict {
    /** The signature is good and its key is allowed. */
    record Good(Fingerprint certificate, Instant created) implements Verdict {}

    /** The signature must not be relied upon. */
    record Bad(Finding finding) implements Verdict {}
  }
}
