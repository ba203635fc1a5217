package org.qrepo.store;

import java.util.List;
import java.util.Optional;
import org.qrepo.io.Blob;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;
import org.qrepo.publish.StoreTraits;
import org.qrepo.publish.StoredObject;
import org.qrepo.publish.Tag;
import org.qrepo.publish.Traffic;

/**
 * A store before another one: every call of the store and of its locks goes through {@link
 * #around}. {@link #traits}, {@link #location}, {@link #traffic} and {@link #close} pass untouched.
 */
public abstract class InterceptingStore implements Store {
  private final Store inner;

  protected InterceptingStore(Store inner) {
    this.inner = inner;
  }

  /** The store behind. */
  protected final Store inner() {
    return inner;
  }

  /** Runs the action, or does not, once or more than once. */
  protected abstract <T> T around(StoreCall call, Action<T> action) throws StoreException;

  /** The bytes that a write reads, or what stands before them. */
  protected Blob source(StoreKey key, Blob blob) {
    return blob;
  }

  /** A call of the store behind. */
  @FunctionalInterface
  protected interface Action<T> {
    T run() throws StoreException;
  }

  @Override
  public StoreTraits traits() {
    return inner.traits();
  }

  @Override
  public String location() {
    return inner.location();
  }

  @Override
  public Optional<StoredObject> stat(StoreKey key) throws StoreException {
    return around(call(Verb.STAT, key), () -> inner.stat(key));
  }

  @Override
  public Opened open(StoreKey key) throws StoreException {
    return around(call(Verb.OPEN, key), () -> inner.open(key));
  }

  @Override
  public void putOnce(StoreKey key, Blob blob) throws StoreException {
    around(
        new StoreCall(Verb.PUT_ONCE, Optional.of(key), blob.size()),
        () -> {
          inner.putOnce(key, source(key, blob));
          return true;
        });
  }

  @Override
  public Tag swap(StoreKey key, Tag expected, Blob blob) throws StoreException {
    return around(
        new StoreCall(Verb.SWAP, Optional.of(key), blob.size()),
        () -> inner.swap(key, expected, source(key, blob)));
  }

  /** A swap to whoever watches: how the bytes get there is for the store behind to know. */
  @Override
  public Tag swapCopy(StoreKey key, Tag expected, StoreKey from, Blob same) throws StoreException {
    return around(
        new StoreCall(Verb.SWAP, Optional.of(key), same.size()),
        () -> inner.swapCopy(key, expected, from, source(key, same)));
  }

  @Override
  public Optional<Traffic> traffic() {
    return inner.traffic();
  }

  @Override
  public List<StoreKey> list(Optional<StoreKey> folder) throws StoreException {
    return around(new StoreCall(Verb.LIST, folder, 0), () -> inner.list(folder));
  }

  @Override
  public List<StoreKey> folders(Optional<StoreKey> folder) throws StoreException {
    return around(new StoreCall(Verb.FOLDERS, folder, 0), () -> inner.folders(folder));
  }

  @Override
  public void delete(StoreKey key) throws StoreException {
    around(
        call(Verb.DELETE, key),
        () -> {
          inner.delete(key);
          return true;
        });
  }

  @Override
  public Optional<String> readLink(StoreKey link) throws StoreException {
    return around(call(Verb.READ_LINK, link), () -> inner.readLink(link));
  }

  @Override
  public void swapLink(StoreKey link, Optional<String> expected, String target)
      throws StoreException {
    around(
        call(Verb.SWAP_LINK, link),
        () -> {
          inner.swapLink(link, expected, target);
          return true;
        });
  }

  @Override
  public StoreLock lock(LockRequest request) throws StoreException {
    return new InterceptedLock(around(call(Verb.LOCK), () -> inner.lock(request)));
  }

  @Override
  public void close() throws StoreException {
    inner.close();
  }

  @Override
  public String toString() {
    return getClass().getSimpleName() + "[" + inner + "]";
  }

  private static StoreCall call(Verb verb, StoreKey key) {
    return new StoreCall(verb, Optional.of(key), 0);
  }

  private static StoreCall call(Verb verb) {
    return new StoreCall(verb, Optional.empty(), 0);
  }

  private final class InterceptedLock implements StoreLock {
    private final StoreLock lock;

    InterceptedLock(StoreLock lock) {
      this.lock = lock;
    }

    @Override
    public void confirm() throws StoreException {
      around(
          call(Verb.CONFIRM),
          () -> {
            lock.confirm();
            return true;
          });
    }

    @Override
    public void close() throws StoreException {
      around(
          call(Verb.UNLOCK),
          () -> {
            lock.close();
            return true;
          });
    }
  }
}
