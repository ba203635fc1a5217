package org.qrepo.cli.program;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qrepo.sign.program.ProgramThread;

/**
 * One run of a program, from its start to its end. All that it says goes to a log as it is, and to
 * a watcher line by line. Whatever happens, also an interruption, no process that was started for
 * it is left; only what has begun a session of its own, as daemons do, outlives an end without
 * need.
 */
public final class SupervisedRun {
  /** How long output may take to end after the program. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private static final Duration TICK = Duration.ofMillis(200);

  /** So long after a failure, an interruption that has caused it is known. */
  private static final Duration SECOND_THOUGHT = Duration.ofMillis(300);

  private final Path log;
  private final Watcher watcher;
  private final Process process;
  private final Family family;
  private final LastLines lastLines = new LastLines();
  private final long start = System.nanoTime();

  private SupervisedRun(LongProgram program, Path log, Watcher watcher) throws IOException {
    this.log = log;
    this.watcher = watcher;
    ProcessBuilder builder = new ProcessBuilder(program.words());
    builder.directory(program.directory().toFile());
    builder.environment().clear();
    builder.environment().putAll(program.environment());
    builder.environment().put(LongProgram.VARIABLE, program.mark());
    builder.redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    this.process = builder.start();
    this.family = new Family(List.of(process.toHandle()), program.mark());
  }

  /** Hears of a run that is going on; from two threads. */
  public interface Watcher {
    /** A line of output, without orders to terminals; may hold any other character. */
    void line(String text);

    /** Called several times a second. */
    default void tick() {}
  }

  /**
   * Runs a program to its end.
   *
   * @param log is made anew, in a folder that exists
   * @throws IOException if the program cannot be started, or the log not be written; then the
   *     program was stopped
   * @throws InterruptedException if this thread is interrupted; the program was stopped
   */
  public static ProgramEnd run(LongProgram program, Path log, Watcher watcher)
      throws IOException, InterruptedException {
    Files.deleteIfExists(log);
    try (OutputStream to = Files.newOutputStream(log, StandardOpenOption.CREATE_NEW)) {
      SupervisedRun run = new SupervisedRun(program, log, watcher);
      Reader reader = run.new Reader(to);
      try {
        return run.toEnd(reader);
      } catch (IOException | InterruptedException | RuntimeException | Error e) {
        run.family.end();
        throw e;
      } finally {
        reader.stop();
      }
    }
  }

  /**
   * Ends what runs that were killed have left.
   *
   * @param mark how their marks begin; no run with such a mark is going on
   * @return how many processes there were
   */
  public static int endLeftOver(String mark) {
    return new Family(Marked.processes(mark), mark).endAtOnce();
  }

  private ProgramEnd toEnd(Reader reader) throws IOException, InterruptedException {
    Thread reading = ProgramThread.start("qrepo-output", reader);
    for (int i = 0; !process.waitFor(TICK.toMillis(), TimeUnit.MILLISECONDS); i++) {
      reader.check();
      watcher.tick();
      if (i % 5 == 0) {
        family.look();
      }
    }
    int status = process.exitValue();
    if (status != 0) {
      Thread.sleep(SECOND_THOUGHT.toMillis());
    }
    reading.join(GRACE.toMillis());
    int leftBehind = family.endForgotten();
    reading.join(GRACE.toMillis());
    reader.check();
    watcher.tick();
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    return new ProgramEnd(status, time, lastLines.get(), leftBehind);
  }

  /** Takes all that the program says, whatever becomes of it, so that it never waits for us. */
  private final class Reader implements Runnable {
    private final OutputLines lines =
        new OutputLines(
            line -> {
              lastLines.add(line);
              watcher.line(line);
            });
    private final OutputStream to;
    private boolean stopped;
    private volatile @Nullable IOException failure;
    private volatile @Nullable Throwable fault;

    Reader(OutputStream to) {
      this.to = to;
    }

    @Override
    @SuppressWarnings("EmptyCatch") // a pipe that breaks has ended
    public void run() {
      byte[] buffer = new byte[1 << 15];
      try (InputStream from = process.getInputStream()) {
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
          take(buffer, n);
        }
        lines.finish();
      } catch (IOException ignored) {
        lines.finish();
      } catch (RuntimeException | Error e) {
        fault = e;
      }
    }

    private synchronized void take(byte[] buffer, int length) {
      if (stopped) {
        return;
      }
      lines.add(buffer, length);
      if (failure == null) {
        try {
          to.write(buffer, 0, length);
        } catch (IOException e) {
          failure = e;
        }
      }
    }

    void check() throws IOException {
      if (fault instanceof RuntimeException e) {
        throw e;
      }
      if (fault instanceof Error e) {
        throw e;
      }
      IOException e = failure;
      if (e != null) {
        throw new IOException(
            log
                + " cannot be written: "
                + String.valueOf(e.getMessage())
                + "\nThe program was stopped, because what it says would be lost.",
            e);
      }
    }

    /** From here on nothing is written or told. */
    synchronized void stop() {
      stopped = true;
    }
  }
}
