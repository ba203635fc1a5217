package org.qrepo.sign;

import java.util.List;
import java.util.Optional;
import org.qrepo.publish.Verifier.Verdict;

/**
 * Everything that is to be said of one signature file.
 *
 * @param findings in the order of the signatures; errors before warnings in each
 * @param good what it says, if no finding is an error
 */
public record Examination(List<SignatureFinding> findings, Optional<Verdict.Good> good) {
  public Examination {
    findings = List.copyOf(findings);
  }

  static Examination refused(SignatureFinding error) {
    return new Examination(List.of(error), Optional.empty());
  }

  /** The short answer: the first error, if there is one. */
  public Verdict verdict() {
    return good.<Verdict>map(g -> g)
        .orElseGet(
            () ->
                new Verdict.Bad(
                    findings.stream()
                        .filter(SignatureFinding::isError)
                        .findFirst()
                        .orElseThrow()
                        .finding()));
  }
}
