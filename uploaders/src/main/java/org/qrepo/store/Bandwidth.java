package org.qrepo.store;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.publish.Pause;

/**
 * A rate that all transfers together keep: a bucket of tokens, one for each byte, that fills at the
 * rate and holds what a tenth of a second brings. Who takes from it when it is empty waits in the
 * order of coming, and takes little at a time, so that a small file waits for a piece of each other
 * one, never for a whole one.
 */
public final class Bandwidth {
  /** Less would take each of several parallel transfers longer than servers wait. */
  private static final long LEAST = 128 << 10;

  private static final long MOST = 1L << 40;
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,3})?) ?([A-Za-z]+)/s");
  private static final Map<String, Long> UNITS =
      Map.of(
          "B", 1L,
          "kB", 1000L,
          "MB", 1000_000L,
          "GB", 1000_000_000L,
          "KiB", 1L << 10,
          "MiB", 1L << 20,
          "GiB", 1L << 30);

  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long CREDIT = SECOND / 10;
  private static final int PIECES_PER_SECOND = 50;
  private static final int LARGEST_PIECE = 64 << 10;

  private final long bytesPerSecond;
  private final LongSupplier nanoClock;
  private final Pause pause;
  private long next;

  Bandwidth(long bytesPerSecond, LongSupplier nanoClock, Pause pause) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanoClock = nanoClock;
    this.pause = pause;
    this.next = nanoClock.getAsLong();
  }

  /**
   * A rate.
   *
   * @throws IllegalArgumentException if it is less than 128 KiB or more than 1 TiB a second
   */
  public static Bandwidth of(long bytesPerSecond) {
    if (bytesPerSecond < LEAST || bytesPerSecond > MOST) {
      throw new IllegalArgumentException("is not between 128 KiB/s and 1 TiB/s");
    }
    return new Bandwidth(bytesPerSecond, System::nanoTime, Pause.REAL);
  }

  /**
   * Reads a rate as people write it: {@code 2 MiB/s}, {@code 1.5MB/s}.
   *
   * @return bytes per second
   * @throws IllegalArgumentException if it is none, or out of bounds
   */
  public static long parse(String text) {
    Matcher matcher = FORM.matcher(text);
    Long unit = matcher.matches() ? UNITS.get(matcher.group(2)) : null;
    if (unit == null) {
      throw new IllegalArgumentException(
          "'" + text + "' is no rate: write 500 KiB/s, 2 MiB/s or 1.5 MB/s");
    }
    double rate = Double.parseDouble(matcher.group(1)) * unit;
    if (rate < LEAST || rate > MOST) {
      throw new IllegalArgumentException("'" + text + "' is not between 128 KiB/s and 1 TiB/s");
    }
    return (long) rate;
  }

  /** How many bytes are taken at a time at most. */
  int piece() {
    return (int) Math.min(LARGEST_PIECE, Math.max(1, bytesPerSecond / PIECES_PER_SECOND));
  }

  /** Returns when so many bytes may have gone. */
  void take(int bytes) throws InterruptedIOException {
    long wait;
    synchronized (this) {
      long now = nanoClock.getAsLong();
      next = Math.max(next, now - CREDIT) + (long) ((double) bytes * SECOND / bytesPerSecond);
      wait = next - now;
    }
    if (wait > 0) {
      pause.sleep(Duration.ofNanos(wait));
    }
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%d bytes/s", bytesPerSecond);
  }
}
