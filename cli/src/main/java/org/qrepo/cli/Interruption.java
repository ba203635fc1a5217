package org.qrepo.cli;

import java.time.Duration;

/**
 * Lets a command tidy up when the user stops it: the working thread is interrupted and given some
 * time to let go of locks and temporary files. The process then ends with 130 (SIGINT) or 143
 * (SIGTERM), as Java has it.
 */
final class Interruption {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Thread worker;
  private volatile boolean armed = true;

  private Interruption(Thread worker) {
    this.worker = worker;
  }

  static Interruption ofThisThread() {
    Interruption interruption = new Interruption(Thread.currentThread());
    Runtime.getRuntime().addShutdownHook(new Thread(interruption::stop, "interruption"));
    return interruption;
  }

  /** The work is done: the end of the process is no interruption. */
  void disarm() {
    armed = false;
  }

  private void stop() {
    if (!armed) {
      return;
    }
    worker.interrupt();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (armed && worker.isAlive() && System.nanoTime() < end) {
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
