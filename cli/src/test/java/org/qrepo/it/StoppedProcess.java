package org.qrepo.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A process that stops itself by {@code SIGSTOP} on its way, until it is told to go on. */
final class StoppedProcess implements AutoCloseable {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  private final Process process;
  private final Path log;

  private StoppedProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts it and waits until it has stopped. */
  static StoppedProcess start(Command command, Path log) throws IOException, InterruptedException {
    StoppedProcess started = new StoppedProcess(command.start(log, log), log);
    long start = System.nanoTime();
    while (!started.isStopped()) {
      if (!started.process.isAlive() || System.nanoTime() - start > PATIENCE) {
        started.close();
        throw new AssertionError("did not stop: " + Files.readString(log));
      }
      Thread.sleep(5);
    }
    return started;
  }

  /** The third field of this file, after the name in brackets, is the state. */
  private boolean isStopped() throws IOException {
    Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
    try {
      return Files.readString(stat).matches("(?s).*[)] T .*");
    } catch (java.nio.file.NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Lets it go on to its end.
   *
   * @return its exit status
   */
  int goOn() throws InterruptedException {
    Command.of("sh", "-c", "kill -CONT " + process.pid()).run().expectSuccess();
    if (!process.waitFor(PATIENCE, TimeUnit.NANOSECONDS)) {
      close();
      throw new AssertionError("does not end after it was stopped");
    }
    return process.exitValue();
  }

  /** What it has said. */
  String said() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
