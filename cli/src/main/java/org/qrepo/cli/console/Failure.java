package org.qrepo.cli.console;

import java.util.List;
import org.qrepo.Finding;

/**
 * Why a command did not do what was asked.
 *
 * @param code what the process says to scripts
 * @param findings what was wrong, at least one; an empty subject means that there is none to name
 * @param closing last lines: what became of the work, how to find out more
 */
public record Failure(ExitCode code, List<Finding> findings, List<String> closing) {
  public Failure {
    findings = List.copyOf(findings);
    closing = List.copyOf(closing);
    if (findings.isEmpty()) {
      throw new IllegalArgumentException("a failure needs a finding");
    }
  }
}
