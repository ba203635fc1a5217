package org.qrepo.store;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.Pause;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;
import org.qrepo.publish.StoredObject;
import org.qrepo.publish.Tag;

/**
 * A store whose calls are tried again when they fail with kind TRANSIENT, and with no other. The
 * store behind says what is transient; this one knows what each verb needs before it is repeated:
 *
 * <ul>
 *   <li>Looking, listing, opening, deleting and {@link #putOnce} are the same when done twice.
 *   <li>A stream that breaks off goes on with a newly opened one, behind the last byte, if the
 *       object is in the same state still; else it fails with kind CONFLICT.
 *   <li>A swap may have had its effect although it failed. So what is there is looked at first: the
 *       bytes, or the target, of this swap mean that it had; otherwise it is tried again against
 *       the expected state, and a rival's state is a CONFLICT as ever.
 *   <li>Before a name that clients see is written or deleted again, the lock that was taken through
 *       this store is confirmed: it may have ended during the wait.
 *   <li>A lock is asked for again with what is left of the patience.
 * </ul>
 *
 * <p>A thread that is interrupted stops at once. A blob whose source fails is not sent again.
 */
public final class RetryingStore extends InterceptingStore {
  private final Retries retries;
  private final Set<StoreLock> held = ConcurrentHashMap.newKeySet();

  /**
   * @param listener hears of every wait
   */
  public RetryingStore(Store inner, RetryPolicy policy, Retry.Listener listener) {
    this(inner, policy, Pause.REAL, new Random(), listener);
  }

  RetryingStore(
      Store inner,
      RetryPolicy policy,
      Pause pause,
      RandomGenerator random,
      Retry.Listener listener) {
    super(inner);
    this.retries = new Retries(policy, pause, random, listener);
  }

  @Override
  protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
    return retried(action, call.verb() == Verb.DELETE ? confirmed(action) : action);
  }

  @Override
  public Opened open(StoreKey key) throws StoreException {
    Opened first = super.open(key);
    RetriedStream stream = new RetriedStream(first, () -> inner().open(key), retries);
    return new Opened(first.object(), stream);
  }

  @Override
  public void putOnce(StoreKey key, Blob blob) throws StoreException {
    WatchedBlob watched = new WatchedBlob(blob);
    Action<Boolean> put =
        () -> {
          inner().putOnce(key, watched);
          return true;
        };
    retried(ofSound(watched, put), ofSound(watched, put));
  }

  @Override
  public Tag swap(StoreKey key, Tag expected, Blob blob) throws StoreException {
    WatchedBlob watched = new WatchedBlob(blob);
    return swapped(
        key, expected, blob, ofSound(watched, () -> inner().swap(key, expected, watched)));
  }

  @Override
  public Tag swapCopy(StoreKey key, Tag expected, StoreKey from, Blob same) throws StoreException {
    WatchedBlob watched = new WatchedBlob(same);
    return swapped(
        key,
        expected,
        same,
        ofSound(watched, () -> inner().swapCopy(key, expected, from, watched)));
  }

  private Tag swapped(StoreKey key, Tag expected, Blob blob, Action<Tag> swap)
      throws StoreException {
    return retried(
        swap,
        () -> {
          Optional<Tag> own = own(key, expected, blob);
          return own.isPresent() ? own.get() : confirmed(swap).run();
        });
  }

  @Override
  public void swapLink(StoreKey link, Optional<String> expected, String target)
      throws StoreException {
    Action<Boolean> swap =
        () -> {
          inner().swapLink(link, expected, target);
          return true;
        };
    retried(
        swap, () -> inner().readLink(link).equals(Optional.of(target)) || confirmed(swap).run());
  }

  @Override
  public StoreLock lock(LockRequest request) throws StoreException {
    Instant begin = retries.now();
    StoreLock lock =
        retried(
            () -> inner().lock(request),
            () -> {
              Duration left = request.patience().minus(Duration.between(begin, retries.now()));
              Duration patience = left.isNegative() ? Duration.ZERO : left;
              return inner().lock(new LockRequest(patience, request.foreign()));
            });
    held.add(lock);
    return new RetriedLock(lock);
  }

  /**
   * @param again what is done in place of the first action in each further attempt
   */
  private <T> T retried(Action<T> first, Action<T> again) throws StoreException {
    Retries.Series series = retries.begin();
    Action<T> next = first;
    while (true) {
      try {
        T result = next.run();
        series.succeeded();
        return result;
      } catch (StoreException e) {
        series.awaitNext(e);
        next = again;
      }
    }
  }

  private <T> Action<T> confirmed(Action<T> action) {
    return () -> {
      for (StoreLock lock : held) {
        lock.confirm();
      }
      return action.run();
    };
  }

  private static <T> Action<T> ofSound(WatchedBlob blob, Action<T> action) {
    return () -> {
      try {
        return action.run();
      } catch (StoreException e) {
        throw e.kind() == Kind.TRANSIENT && blob.hasFailed()
            ? new StoreException(Kind.PERMANENT, String.valueOf(e.getMessage()), e)
            : e;
      }
    };
  }

  /** The state that is there, if it is not the one that was to be replaced and has these bytes. */
  private Optional<Tag> own(StoreKey key, Tag expected, Blob blob) throws StoreException {
    Optional<StoredObject> there =
        inner().stat(key).filter(o -> o.size() == blob.size() && !o.tag().equals(expected));
    if (there.isEmpty()) {
      return Optional.empty();
    }
    try (Opened opened = inner().open(key)) {
      return opened.object().tag().equals(there.get().tag()) && holds(opened.stream(), blob)
          ? Optional.of(there.get().tag())
          : Optional.empty();
    } catch (StoreException e) {
      if (e.kind() == Kind.ABSENT) {
        return Optional.empty();
      }
      throw e;
    } catch (IOException e) {
      throw new StoreException(Kind.PERMANENT, "cannot read " + key + ": " + e.getMessage(), e);
    }
  }

  private static boolean holds(InputStream in, Blob blob) throws IOException {
    Digests digests = new Digests();
    byte[] buffer = new byte[1 << 16];
    long size = 0;
    for (int n = in.read(buffer); n >= 0 && size <= blob.size(); n = in.read(buffer)) {
      digests.update(buffer, 0, n);
      size += n;
    }
    return size == blob.size() && digests.sha256().equals(blob.sha256());
  }

  private final class RetriedLock implements StoreLock {
    private final StoreLock lock;

    RetriedLock(StoreLock lock) {
      this.lock = lock;
    }

    @Override
    public void confirm() throws StoreException {
      Action<Boolean> confirm =
          () -> {
            lock.confirm();
            return true;
          };
      retried(confirm, confirm);
    }

    @Override
    public void close() throws StoreException {
      held.remove(lock);
      Action<Boolean> close =
          () -> {
            lock.close();
            return true;
          };
      retried(close, close);
    }
  }
}
