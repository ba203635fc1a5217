package org.qrepo;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Input was refused (a package, a signature, a remote database): nothing was written because of it.
 */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Finding> findings;

  public RefusedException(List<Finding> findings) {
    super(findings.stream().map(Finding::headline).collect(Collectors.joining("; ")));
    if (findings.isEmpty()) {
      throw new IllegalArgumentException("a refusal needs a finding");
    }
    this.findings = List.copyOf(findings);
  }

  public RefusedException(Finding finding) {
    this(List.of(finding));
  }

  /** What was wrong, in the order found; never empty. */
  public List<Finding> findings() {
    return findings;
  }
}
