package org.qrepo.store;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;

/** A store that remembers what was asked of it, for receipts and tests. */
public final class RecordingStore extends InterceptingStore {
  private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();
  private final long start = System.nanoTime();

  public RecordingStore(Store inner) {
    super(inner);
  }

  /**
   * A call that has ended.
   *
   * @param after when it began, since the recording store was made
   * @param took how long it ran; the reading of an opened stream is not in it
   * @param failure empty if it did what was asked; PERMANENT for what is no {@link StoreException}
   */
  public record Entry(StoreCall call, Duration after, Duration took, Optional<Kind> failure) {}

  /** The calls so far, in the order in which they ended. */
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** The size of all objects whose writing was asked for and done. */
  public long bytesWritten() {
    return entries.stream()
        .filter(entry -> entry.failure().isEmpty())
        .mapToLong(entry -> entry.call().bytes())
        .sum();
  }

  @Override
  protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
    long begin = System.nanoTime();
    Optional<Kind> failure = Optional.of(Kind.PERMANENT);
    try {
      T result = action.run();
      failure = Optional.empty();
      return result;
    } catch (StoreException e) {
      failure = Optional.of(e.kind());
      throw e;
    } finally {
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      entries.add(new Entry(call, Duration.ofNanos(begin - start), took, failure));
    }
  }
}
