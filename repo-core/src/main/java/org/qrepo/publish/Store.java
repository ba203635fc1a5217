package org.qrepo.publish;

import java.io.Closeable;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.qrepo.io.Blob;

/**
 * One repository directory somewhere. There are two kinds of write: {@link #putOnce} for what never
 * changes under its name, and {@link #swap} (or {@link #swapLink}) for the few names that do, each
 * against the state that the caller has seen. Implementations are safe for use by several threads.
 *
 * <p>Every method throws {@link StoreException} with a {@link StoreException.Kind}; none retries.
 */
public interface Store extends Closeable {
  StoreTraits traits();

  /**
   * Where it is, as a URL or path without user info or secrets: for messages, receipts and saved
   * state.
   */
  String location();

  /**
   * What is there under this name, links followed; empty if nothing is, or a link leads nowhere.
   */
  Optional<StoredObject> stat(StoreKey key) throws StoreException;

  /**
   * Opens an object for reading, links followed; the caller closes it and bounds what it reads.
   * Kind ABSENT if there is none.
   */
  Opened open(StoreKey key) throws StoreException;

  /**
   * Writes an object that never changes. Returns when the bytes are durable and checked against the
   * blob's size and digest. The same bytes under this name already: done, and nothing is written.
   * Other bytes: kind CONFLICT, and nothing is changed. A reader never sees part of it.
   */
  void putOnce(StoreKey key, Blob blob) throws StoreException;

  /**
   * Replaces an object, or a link of this name, if it is in the {@code expected} state, and
   * otherwise fails with kind CONFLICT. Atomic for readers; atomic against other writers where
   * {@link StoreTraits#conditional} says so, else only under {@link #lock}.
   *
   * @return the tag of the new state
   */
  Tag swap(StoreKey key, Tag expected, Blob blob) throws StoreException;

  /**
   * Names directly in a folder (null-safe: {@link Optional#empty()} is the top), in order; folders
   * excluded.
   */
  List<StoreKey> list(Optional<StoreKey> folder) throws StoreException;

  /** Names of the folders directly in a folder, in order. */
  List<StoreKey> folders(Optional<StoreKey> folder) throws StoreException;

  /**
   * Removes an object or link; one that is not there is no error. A folder goes with its last
   * object.
   */
  void delete(StoreKey key) throws StoreException;

  /**
   * Where a link points, as written; empty if the name is not a link. Only with {@link
   * StoreTraits#links}.
   */
  Optional<String> readLink(StoreKey link) throws StoreException;

  /**
   * Makes {@code link} point at {@code target}, a path relative to the link's folder, in one atomic
   * step that replaces a link or an object of that name. Fails with CONFLICT if the name is a link
   * that does not point at {@code expected} now (empty: it is not a link). Only with {@link
   * StoreTraits#links}.
   */
  void swapLink(StoreKey link, Optional<String> expected, String target) throws StoreException;

  /**
   * Keeps other publishers out until the lock is closed. Only with {@link StoreTraits#exclusive}.
   *
   * @throws LockedException if it cannot be had in time
   */
  StoreLock lock(LockRequest request) throws StoreException;

  @Override
  void close() throws StoreException;

  /** An open object: its description and its bytes. */
  record Opened(StoredObject object, InputStream stream) implements Closeable {
    @Override
    public void close() throws java.io.IOException {
      stream.close();
    }
  }
}
