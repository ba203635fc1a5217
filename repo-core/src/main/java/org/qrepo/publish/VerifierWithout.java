package org.qrepo.publish;

import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/** Accepts what another verifier accepts, but for the signatures of some keys. */
final class VerifierWithout implements Verifier {
  private final Verifier verifier;
  private final Set<Fingerprint> without;

  VerifierWithout(Verifier verifier, Set<Fingerprint> without) {
    this.verifier = verifier;
    this.without = Set.copyOf(without);
  }

  @Override
  public Set<HashAlgorithm> algorithms(byte[] signature) {
    return verifier.algorithms(signature);
  }

  @Override
  public Set<Fingerprint> claimed(byte[] signature) {
    return verifier.claimed(signature);
  }

  @Override
  public Verdict verify(String subject, byte[] signature, Digests digests, Form form) {
    Verdict verdict = verifier.verify(subject, signature, digests, form);
    if (verdict instanceof Verdict.Good good && without.contains(good.certificate())) {
      return new Verdict.Bad(
          Finding.of(
              "signature-by-leaving-key",
              subject,
              "it is by the key that is to go, " + good.certificate().grouped(),
              "Sign with the new key: signing.key-file or signing.key in qrepo.yml."));
    }
    return verdict;
  }
}
