package org.qrepo.it;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.qrepo.store.StoreCall;

/**
 * A signal that this process sends to itself at a chosen call to its stores. Every call is written
 * down before it begins, so that those who look from outside know how far it came.
 */
final class CallSignal {
  /** When in the chosen call. */
  enum Moment {
    BEFORE,
    /** Half of the bytes that it writes are written. Calls without bytes have no such moment. */
    HALFWAY,
    AFTER
  }

  private final OutputStream diary;
  private final String signal;
  private final int call;
  private final Moment moment;
  private final Set<Integer> halved = ConcurrentHashMap.newKeySet();
  private int calls;
  private boolean dying;

  /**
   * @param diary one line for each call; not buffered
   * @param signal {@code KILL}, or {@code STOP} until {@code CONT} comes
   * @param call the number of the chosen call, from 1; 0: none
   */
  CallSignal(OutputStream diary, String signal, int call, Moment moment) {
    this.diary = diary;
    this.signal = signal;
    this.call = call;
    this.moment = moment;
  }

  /** Gives a call its number. */
  synchronized int begins(StoreCall next) {
    liveOrWait();
    calls++;
    String line = next.verb().name() + " " + next.key().map(Object::toString).orElse("") + "\n";
    try {
      diary.write(line.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return calls;
  }

  /** The calls of which there was a moment halfway: those whose bytes were sent. */
  Set<Integer> halved() {
    return Set.copyOf(halved);
  }

  /** Sends the signal if this is the chosen moment. */
  void at(int number, Moment now) {
    if (now == Moment.HALFWAY) {
      halved.add(number);
    }
    if (number == call && now == moment) {
      synchronized (this) {
        dying = signal.equals("KILL");
      }
      send();
      liveOrWait();
    }
  }

  private void send() {
    String command = "kill -" + signal + " " + ProcessHandle.current().pid();
    try {
      new ProcessBuilder("sh", "-c", command).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The dead do nothing more while their end is on its way. */
  private void liveOrWait() {
    try {
      if (dying) {
        new CountDownLatch(1).await();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
