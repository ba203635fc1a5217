package org.qrepo.cli.console;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** One line that says what is going on, how far it is, how fast, and how long it will take. */
final class ProgressLine implements Progress {
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final String what;
  private final long total;
  private final int columns;
  private final LongSupplier nanoClock;
  private final Consumer<String> screen;
  private final long start;
  private long shown;
  private long done;
  private boolean closed;

  /**
   * @param total in bytes; 0 if it is not known
   * @param screen shows a line in place of the last one; the empty line takes it away
   */
  ProgressLine(
      String what, long total, int columns, LongSupplier nanoClock, Consumer<String> screen) {
    this.what = what;
    this.total = total;
    this.columns = columns;
    this.nanoClock = nanoClock;
    this.screen = screen;
    this.start = nanoClock.getAsLong();
    this.shown = start;
  }

  @Override
  public synchronized void advance(long bytes) {
    done += bytes;
    long now = nanoClock.getAsLong();
    if (!closed && now - shown >= INTERVAL.toNanos()) {
      shown = now;
      screen.accept(line(Duration.ofNanos(now - start)));
    }
  }

  private String line(Duration elapsed) {
    String figures = figures(elapsed);
    int room = columns - 1 - "    ".length() - "  ".length() - figures.length();
    String name = what.length() <= room ? what : what.substring(0, Math.max(0, room));
    String line = "    " + name + "  " + figures;
    return line.substring(0, Math.min(line.length(), Math.max(0, columns - 1)));
  }

  private String figures(Duration elapsed) {
    String rate = Figures.rate(done, elapsed);
    if (total <= 0) {
      return Figures.bytes(done) + "  " + rate;
    }
    return String.format(
        Locale.ROOT,
        "%s of %s  %d%%  %s  %s",
        Figures.bytes(done),
        Figures.bytes(total),
        Math.min(100, done * 100 / total),
        rate,
        left(elapsed));
  }

  private String left(Duration elapsed) {
    if (done <= 0) {
      return "";
    }
    double share = Math.max(0, total - done) / (double) done;
    long seconds = Math.round(elapsed.toMillis() * share / 1000);
    return String.format(Locale.ROOT, "%02d:%02d left", seconds / 60, seconds % 60);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      screen.accept("");
    }
  }
}
