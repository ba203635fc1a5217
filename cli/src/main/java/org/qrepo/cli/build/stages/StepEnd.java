package org.qrepo.cli.build.stages;

import java.nio.file.Path;
import java.util.List;
import org.qrepo.cli.program.ProgramEnd;

/**
 * How the builder ended a step.
 *
 * @param logs that were written, the one that says most first; at least one
 * @param lastLines of that one
 */
record StepEnd(ProgramEnd program, List<Path> logs, List<String> lastLines) {
  /** The one to look into. */
  Path log() {
    return logs.get(0);
  }
}
