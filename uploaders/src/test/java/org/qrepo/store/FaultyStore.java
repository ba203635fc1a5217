package org.qrepo.store;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.NullMarked;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreLock;

/**
 * A store of which one call fails. Calls of all verbs, and those of its locks, are counted from 1;
 * reading an opened stream belongs to its opening. {@link #close} gives up the locks that were left
 * held, as the end of a process does.
 */
@NullMarked
public final class FaultyStore extends InterceptingStore {
  /** How the chosen call fails. */
  public enum Mode {
    /** It has no effect. */
    BEFORE,
    /** It has its effect, but the caller is told otherwise. */
    AFTER,
    /** It has no effect, nor has any call after it: the connection or the process is gone. */
    FROM_THEN_ON
  }

  private final int failAt;
  private final Mode mode;
  private final Kind kind;
  private final IntConsumer onCall;
  private final AtomicInteger count = new AtomicInteger();
  private final Queue<StoreCall> calls = new ConcurrentLinkedQueue<>();
  private final Set<StoreLock> held = ConcurrentHashMap.newKeySet();

  /**
   * @param failAt the number of the call that fails; 0: none
   * @param onCall told the number of each call before anything else happens
   */
  public FaultyStore(Store inner, int failAt, Mode mode, Kind kind, IntConsumer onCall) {
    super(inner);
    this.failAt = failAt;
    this.mode = mode;
    this.kind = kind;
    this.onCall = onCall;
  }

  public FaultyStore(Store inner, int failAt, Mode mode) {
    this(inner, failAt, mode, Kind.PERMANENT, n -> {});
  }

  /** A store that counts and never fails. */
  public static FaultyStore counting(Store inner) {
    return new FaultyStore(inner, 0, Mode.BEFORE);
  }

  /** How many calls there were. */
  public int count() {
    return count.get();
  }

  /** The calls in the order of their numbers, the failed one included. */
  public List<StoreCall> calls() {
    return List.copyOf(calls);
  }

  @Override
  public void close() throws StoreException {
    for (StoreLock lock : held) {
      lock.close();
    }
    held.clear();
    super.close();
  }

  @Override
  protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
    int number = number(call);
    onCall.accept(number);
    boolean fails = failAt != 0 && number == failAt;
    boolean gone = failAt != 0 && number >= failAt && mode == Mode.FROM_THEN_ON;
    if (gone || (fails && mode == Mode.BEFORE)) {
      throw fault(number, call, "before");
    }
    T result = action.run();
    if (result instanceof StoreLock lock) {
      held.add(lock);
    }
    if (fails) {
      discard(result);
      throw fault(number, call, "after");
    }
    return result;
  }

  private synchronized int number(StoreCall call) {
    calls.add(call);
    return count.incrementAndGet();
  }

  private StoreException fault(int number, StoreCall call, String when) {
    return new StoreException(kind, "fault made " + when + " call " + number + ": " + call);
  }

  /** An open file is closed; a lock stays held, for nobody knows of it. */
  private static <T> void discard(T result) throws StoreException {
    if (result instanceof Closeable open) {
      try {
        open.close();
      } catch (IOException e) {
        throw new StoreException(Kind.PERMANENT, "cannot close", e);
      }
    }
  }
}
