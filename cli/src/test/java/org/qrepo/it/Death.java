package org.qrepo.it;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.qrepo.store.StoreCall;

/**
 * The end of this process, at a chosen call to its stores. Every call is written down before it
 * begins, so that those who come after know how far it came.
 */
final class Death {
  /** When in the chosen call. */
  enum Moment {
    BEFORE,
    /** Half of the bytes that it writes are written. Calls without bytes have no such moment. */
    HALFWAY,
    AFTER
  }

  private final OutputStream diary;
  private final int call;
  private final Moment moment;
  private int calls;
  private boolean dying;

  /**
   * @param diary one line for each call; not buffered
   * @param call the number of the chosen call, from 1; 0: the process lives
   */
  Death(OutputStream diary, int call, Moment moment) {
    this.diary = diary;
    this.call = call;
    this.moment = moment;
  }

  /** Gives a call its number. */
  synchronized int begins(StoreCall next) {
    awaitIf(dying);
    calls++;
    String line = next.verb().name() + " " + next.key().map(Object::toString).orElse("") + "\n";
    try {
      diary.write(line.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return calls;
  }

  /** Returns, unless this is the chosen moment. */
  void at(int number, Moment now) {
    if (number == call && now == moment) {
      synchronized (this) {
        dying = true;
      }
      kill();
    }
  }

  private static void kill() {
    String signal = "kill -KILL " + ProcessHandle.current().pid();
    try {
      new ProcessBuilder("sh", "-c", signal).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitIf(true);
  }

  /** Until the signal arrives. */
  private static void awaitIf(boolean dying) {
    try {
      if (dying) {
        new CountDownLatch(1).await();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
