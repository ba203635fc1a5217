package org.qrepo.sign.program;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A program that runs, with all that it started. */
public final class ProcessTree {
  /** How long a program may take to end when it is told to. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private ProcessTree() {}

  /**
   * Ends what is left of it: asks first, then insists. That this thread is interrupted shortens
   * nothing, and is still so afterwards. What has ended by itself is left alone.
   */
  public static void end(Process process) {
    if (!process.isAlive()) {
      return;
    }
    boolean interrupted = Thread.interrupted();
    List<ProcessHandle> asked = of(process);
    asked.forEach(ProcessHandle::destroy);
    interrupted |= awaitEnd(process);
    // what is asked to end may start something else
    Stream.concat(of(process).stream(), asked.stream()).forEach(ProcessHandle::destroyForcibly);
    interrupted |= awaitEnd(process);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<ProcessHandle> of(Process process) {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  /**
   * Waits a moment for the program; what it started ends as fast, and is nobody's to wait for.
   *
   * @return whether this thread was interrupted
   */
  private static boolean awaitEnd(Process process) {
    boolean interrupted = false;
    long end = System.nanoTime() + GRACE.toNanos();
    while (process.isAlive() && System.nanoTime() < end) {
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }
}
