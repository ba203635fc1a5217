package org.qrepo.sign.program;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.qrepo.io.Digests;

/**
 * One run of a program, from its start to its end. Whatever happens, also an interruption, no
 * process that was started for it is left.
 */
final class ProgramRun {
  /** How long output may take to end after the program. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** How often whoever waits is told so. */
  private static final Duration TICK = Duration.ofSeconds(1);

  private final ProgramCall call;
  private final Process process;
  private final Feeder feeder;
  private final Drain out;
  private final ErrorOutput errors;
  private volatile long lastSign = System.nanoTime();

  private ProgramRun(ProgramCall call, Consumer<String> onStatus) throws IOException {
    this.call = call;
    this.errors = new ErrorOutput(onStatus);
    ProcessBuilder builder = new ProcessBuilder(call.words());
    builder.environment().clear();
    builder.environment().putAll(call.environment());
    this.process = builder.start();
    this.feeder = new Feeder();
    this.out = new Drain();
  }

  /** Hears of a run that is going on. */
  interface Watcher {
    /** A line for programs on standard error. */
    void status(String line);

    /** It has been waited this long for any sign of the program; called about every second. */
    void waiting(Duration time);
  }

  /**
   * Runs a program to its end.
   *
   * @throws IOException if it cannot be started
   * @throws InterruptedException if this thread is interrupted; the program was stopped
   */
  static ProgramAnswer run(ProgramCall call, Watcher watcher)
      throws IOException, InterruptedException {
    ProgramRun run = new ProgramRun(call, watcher::status);
    try {
      return run.toEnd(watcher);
    } finally {
      ProcessTree.end(run.process);
    }
  }

  private ProgramAnswer toEnd(Watcher watcher) throws InterruptedException {
    Thread feeding = ProgramThread.start("qrepo-feed", feeder);
    Thread draining = ProgramThread.start("qrepo-drain", out);
    Thread listening = ProgramThread.start("qrepo-listen", this::listen);
    ProgramAnswer.End end = awaitEnd(watcher);
    if (end == ProgramAnswer.End.EXITED) {
      draining.join(GRACE.toMillis());
      listening.join(GRACE.toMillis());
      feeding.join(GRACE.toMillis());
      if (out.tooMuch) {
        end = ProgramAnswer.End.TALKATIVE;
      } else if (draining.isAlive()) {
        end = ProgramAnswer.End.HUNG;
      }
    }
    return new ProgramAnswer(
        end,
        end == ProgramAnswer.End.EXITED ? process.exitValue() : -1,
        out.bytes(),
        errors,
        Optional.ofNullable(feeder.given),
        Optional.ofNullable(feeder.failure));
  }

  private ProgramAnswer.End awaitEnd(Watcher watcher) throws InterruptedException {
    while (!process.waitFor(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
      Duration quiet = Duration.ofNanos(System.nanoTime() - lastSign);
      if (out.tooMuch) {
        return ProgramAnswer.End.TALKATIVE;
      }
      if (quiet.compareTo(call.patience()) > 0) {
        return ProgramAnswer.End.HUNG;
      }
      watcher.waiting(quiet);
    }
    return ProgramAnswer.End.EXITED;
  }

  @SuppressWarnings("EmptyCatch") // what a program says last may be cut off where it is stopped
  private void listen() {
    try (InputStream in = process.getErrorStream()) {
      errors.read(in);
    } catch (IOException ignored) {
    }
  }

  private void sign() {
    lastSign = System.nanoTime();
  }

  /** Gives the program its input. That it does not take all of it is its own affair. */
  private final class Feeder implements Runnable {
    private volatile @Nullable Digests given;
    private volatile @Nullable IOException failure;

    @Override
    @SuppressWarnings("EmptyCatch") // its exit status and its answer tell what that meant
    public void run() {
      try (OutputStream to = process.getOutputStream()) {
        Digests digests = new Digests(call.digests());
        if (feed(to, digests)) {
          given = digests;
        } else {
          process.destroy(); // or it would take the end of a failed read for the end of the file
        }
      } catch (IOException ignored) {
      }
    }

    private boolean feed(OutputStream to, Digests digests) throws IOException {
      byte[] buffer = new byte[1 << 16];
      try (InputStream from = opened()) {
        for (int n = read(from, buffer); n >= 0; n = read(from, buffer)) {
          digests.update(buffer, 0, n);
          to.write(buffer, 0, n);
          sign();
        }
      }
      to.flush();
      return failure == null;
    }

    private InputStream opened() {
      try {
        return call.input().open();
      } catch (IOException e) {
        failure = e;
        return InputStream.nullInputStream();
      }
    }

    private int read(InputStream from, byte[] buffer) {
      try {
        return from.read(buffer);
      } catch (IOException e) {
        failure = e;
        return -1;
      }
    }
  }

  /** Takes its answer, up to what was asked for. */
  private final class Drain implements Runnable {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private volatile boolean tooMuch;

    @Override
    @SuppressWarnings("EmptyCatch") // an answer that breaks off does not verify
    public void run() {
      byte[] buffer = new byte[8192];
      try (InputStream from = process.getInputStream()) {
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
          take(buffer, n);
          sign();
        }
      } catch (IOException ignored) {
      }
    }

    private synchronized void take(byte[] buffer, int length) {
      if (bytes.size() + length > call.most()) {
        tooMuch = true;
      } else {
        bytes.write(buffer, 0, length);
      }
    }

    synchronized byte[] bytes() {
      return bytes.toByteArray();
    }
  }
}
