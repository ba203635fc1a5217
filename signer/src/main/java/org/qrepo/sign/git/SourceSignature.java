package org.qrepo.sign.git;

import java.time.Instant;
import java.util.List;
import org.qrepo.Finding;
import org.qrepo.publish.Fingerprint;

/** What became of the signature of a commit or tag. */
public sealed interface SourceSignature {
  /**
   * Someone signed it whom the master key has certified.
   *
   * @param signer the certificate
   * @param owner its main user id; empty if it has none
   * @param made when it was signed
   */
  record Good(Fingerprint signer, String owner, Instant made) implements SourceSignature {}

  /**
   * It must not be relied upon.
   *
   * @param findings at least one
   */
  record Bad(List<Finding> findings) implements SourceSignature {
    public Bad {
      findings = List.copyOf(findings);
    }
  }

  /** There is none. */
  record None() implements SourceSignature {}
}
