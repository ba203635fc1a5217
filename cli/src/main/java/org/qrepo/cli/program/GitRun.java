package org.qrepo.cli.program;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.qrepo.sign.program.ProcessTree;
import org.qrepo.sign.program.ProgramThread;

/**
 * One run of git, from its start to its end, its answers bounded. Whatever happens, also an
 * interruption, neither it nor what it started is left.
 */
public final class GitRun {
  private static final int MOST_OUTPUT = 16 << 20;
  private static final int MOST_ERRORS = 1 << 16;

  /** How long output may take to end after git. */
  private static final long GRACE_SECONDS = 2;

  /**
   * How a run ended.
   *
   * @param code its exit status
   * @param out its answer
   * @param errors what it said on standard error, cut
   */
  public record Result(int code, String out, String errors) {
    /** Whether it did what it was to do. */
    public boolean ok() {
      return code == 0;
    }

    /** The lines that say why it failed. */
    public List<String> complaints() {
      return errors
          .lines()
          .map(String::strip)
          .filter(l -> !l.isEmpty())
          .filter(l -> !l.startsWith("hint:"))
          .limit(6)
          .toList();
    }
  }

  private GitRun() {}

  /**
   * Runs it to its end.
   *
   * @param input what it reads
   * @throws IOException if it cannot be started, or answers without end
   * @throws InterruptedException if this thread is interrupted; it was stopped then
   */
  public static Result of(ProcessBuilder builder, String input)
      throws IOException, InterruptedException {
    Process process = builder.start();
    try {
      Drain out = new Drain(process.getInputStream(), MOST_OUTPUT);
      Drain errors = new Drain(process.getErrorStream(), MOST_ERRORS);
      Thread feeding = ProgramThread.start("qrepo-git-in", () -> feed(process, input));
      Thread draining = ProgramThread.start("qrepo-git-out", out);
      Thread listening = ProgramThread.start("qrepo-git-err", errors);
      int code = process.waitFor();
      feeding.join();
      draining.join(TimeUnit.SECONDS.toMillis(GRACE_SECONDS));
      listening.join(TimeUnit.SECONDS.toMillis(GRACE_SECONDS));
      if (out.cut()) {
        throw new IOException("git answered with more than " + MOST_OUTPUT + " bytes");
      }
      return new Result(code, out.text(), errors.text());
    } finally {
      ProcessTree.end(process);
    }
  }

  @SuppressWarnings("EmptyCatch") // its exit status tells what became of it
  private static void feed(Process process, String input) {
    try (OutputStream to = process.getOutputStream()) {
      to.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException ignored) {
    }
  }

  /** Takes what it says, up to a bound, and reads the rest away. */
  private static final class Drain implements Runnable {
    private final InputStream from;
    private final int most;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean more;

    Drain(InputStream from, int most) {
      this.from = from;
      this.most = most;
    }

    @Override
    @SuppressWarnings("EmptyCatch") // what it says last may be cut off where it is stopped
    public void run() {
      byte[] buffer = new byte[8192];
      try (from) {
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
          take(buffer, n);
        }
      } catch (IOException ignored) {
      }
    }

    private synchronized void take(byte[] buffer, int length) {
      int room = Math.min(length, most - bytes.size());
      bytes.write(buffer, 0, room);
      more |= room < length;
    }

    synchronized boolean cut() {
      return more;
    }

    synchronized String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }
}
