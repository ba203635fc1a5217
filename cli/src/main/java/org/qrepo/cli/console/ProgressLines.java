package org.qrepo.cli.console;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A line that says what is going on, how far it is, how fast, and how long it will take; below it
 * one for each of a few big files that are on their way.
 */
final class ProgressLines implements Progress {
  /** Smaller files come and go too fast to be looked at. */
  static final long BIG = 8 << 20;

  private static final int MOST_FILES = 4;
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final String what;
  private final long total;
  private final int columns;
  private final LongSupplier nanoClock;
  private final Consumer<List<String>> screen;
  private final Map<String, Share> files = new LinkedHashMap<>();
  private final long start;
  private long shown;
  private long finished;
  private boolean closed;

  private record Share(long done, long size) {}

  /**
   * @param total in bytes; 0 if it is not known
   * @param screen shows lines in place of the last ones; none take them away
   */
  ProgressLines(
      String what, long total, int columns, LongSupplier nanoClock, Consumer<List<String>> screen) {
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
    finished += bytes;
    show();
  }

  @Override
  public synchronized void file(String name, long done, long size) {
    files.put(name, new Share(done, size));
    show();
  }

  @Override
  public synchronized void finished(String name, long size) {
    files.remove(name);
    finished += size;
    show();
  }

  private void show() {
    long now = nanoClock.getAsLong();
    if (!closed && now - shown >= INTERVAL.toNanos()) {
      shown = now;
      List<String> lines = new ArrayList<>();
      lines.add(fitting("    ", what, figures(Duration.ofNanos(now - start))));
      files.forEach(
          (name, share) -> {
            if (share.size() >= BIG && lines.size() <= MOST_FILES) {
              lines.add(fitting("      ", Harmless.line(name), figures(share)));
            }
          });
      screen.accept(lines);
    }
  }

  private String fitting(String indent, String name, String figures) {
    int room = columns - 1 - indent.length() - "  ".length() - figures.length();
    String line = indent + shortened(name, Math.max(0, room)) + "  " + figures;
    return line.substring(0, Math.min(line.length(), Math.max(0, columns - 1)));
  }

  private static String shortened(String name, int room) {
    if (name.length() <= room) {
      return name;
    }
    return room == 0 ? "" : name.substring(0, room - 1) + "…";
  }

  private static String figures(Share share) {
    return String.format(
        Locale.ROOT,
        "%d%% of %s",
        Math.min(100, share.done() * 100 / share.size()),
        Figures.bytes(share.size()));
  }

  private String figures(Duration elapsed) {
    long done = finished + files.values().stream().mapToLong(Share::done).sum();
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
        left(done, elapsed));
  }

  private String left(long done, Duration elapsed) {
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
      screen.accept(List.of());
    }
  }
}
