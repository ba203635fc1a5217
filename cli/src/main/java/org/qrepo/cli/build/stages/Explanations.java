package org.qrepo.cli.build.stages;

import java.nio.file.Path;
import java.util.List;
import org.qrepo.Finding;

/** Looks into logs for failures that are known. */
@FunctionalInterface
public interface Explanations {
  /** Knows none. */
  Explanations NONE = logs -> List.of();

  /** What is known about a failure, most important first; of logs that cannot be read, nothing. */
  List<Finding> explain(List<Path> logs);
}
