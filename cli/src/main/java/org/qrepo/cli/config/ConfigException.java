package org.qrepo.cli.config;

import java.util.List;
import java.util.stream.Collectors;
import org.qrepo.Finding;

/** The configuration cannot be used; holds everything that is wrong with it. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Finding> findings;

  public ConfigException(List<Finding> findings) {
    super(findings.stream().map(Finding::headline).collect(Collectors.joining("; ")));
    this.findings = List.copyOf(findings);
  }

  /** Each with {@code file:line:column}, or the variable or flag, as subject. */
  public List<Finding> findings() {
    return findings;
  }
}
