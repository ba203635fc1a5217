package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qrepo.Finding;
import org.qrepo.cli.console.Figures;

/** Says what became of a step that did not do what it should. */
final class StepFailures {
  private static final int MOST_LINES = 8;
  private static final long LITTLE_ROOM = 64 << 20;
  private static final int SIGNALLED = 128;
  private static final int KILLED = 9;

  private StepFailures() {}

  /** It ended with a failure. */
  static StepFailedException ended(BuildStep step, StepEnd end, String remedy) {
    return failed("build-failed", step, outcome(step, end), end, remedy);
  }

  /** It ended, well or not, and something is wrong with what it left. */
  static StepFailedException failed(
      String id, BuildStep step, String reason, StepEnd end, String... remedies) {
    List<String> details = new ArrayList<>(said(end));
    details.addAll(logs(end));
    details.addAll(room(step.directory()));
    details.addAll(List.of(remedies));
    return new StepFailedException(new Finding(id, step.subject(), reason, details), end.logs());
  }

  /** {@code make core-qubesdb-vm ended with status 2}. */
  static String outcome(BuildStep step, StepEnd end) {
    int status = end.program().status();
    if (status <= SIGNALLED) {
      return step.commandLine() + " ended with status " + status;
    }
    String signal = step.commandLine() + " was ended by signal " + (status - SIGNALLED);
    return status == SIGNALLED + KILLED ? signal + ", perhaps for want of memory" : signal;
  }

  /** What it said last. */
  static List<String> said(StepEnd end) {
    List<String> lines = end.lastLines();
    return lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size()).stream()
        .map(line -> "it says: " + line)
        .toList();
  }

  /** Where all of it is. */
  static List<String> logs(StepEnd end) {
    List<String> details = new ArrayList<>(List.of("The whole log: " + end.log()));
    end.logs().stream().skip(1).forEach(log -> details.add("What the builder printed: " + log));
    return details;
  }

  private static List<String> room(Path directory) {
    try {
      long left = Files.getFileStore(directory).getUsableSpace();
      return left >= LITTLE_ROOM
          ? List.of()
          : List.of(
              "The file system of "
                  + directory
                  + " is full: "
                  + Figures.bytes(left)
                  + " left. qrepo build clean --cache makes room.");
    } catch (IOException e) {
      return List.of();
    }
  }
}
