package org.qrepo.cli.build.stages;

import java.nio.file.Path;
import java.util.List;
import org.qrepo.Finding;

/** A builder did not do what it was told. */
public final class StepFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Finding finding;
  private final transient List<Path> logs;

  StepFailedException(Finding finding, List<Path> logs) {
    super(finding.headline());
    this.finding = finding;
    this.logs = List.copyOf(logs);
  }

  /** What failed, what was said last, where the log is, and what to do. */
  public Finding finding() {
    return finding;
  }

  /** All that was said, in files; those that say most come first. */
  public List<Path> logs() {
    return logs;
  }
}
