package org.qrepo.cli.program;

import java.time.Duration;
import java.util.List;

/**
 * How a program ended by itself.
 *
 * @param status its exit status; 128 and more: the signal that ended it
 * @param lastLines what it said last, oldest first
 * @param leftBehind how many programs that it had forgotten in the background were ended
 */
public record ProgramEnd(int status, Duration time, List<String> lastLines, int leftBehind) {
  public ProgramEnd {
    lastLines = List.copyOf(lastLines);
  }

  /** Whether it says that it did what it was to do. */
  public boolean isGood() {
    return status == 0;
  }
}
