package org.qrepo.publish;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.qrepo.io.Blob;

/**
 * One repository directory somewhere. There are two kinds of write: {@link #putOnce} for what never
 * changes under its name, and {@link #swap} (or {@link #swapLink}) for the few names that do, each
 * against the state that the caller has seen. Implementations are safe for use by several threads.
 * A store has folders, which come and go with their objects; a folder is no object.
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
   * What is there under this name, links followed; empty if nothing is, or a folder, or a link that
   * leads nowhere. The tag stands for one state: an object of other bytes never has it, however
   * fast it came.
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
   * Other bytes, a folder of this name, an object where its folder should be, a link that leads
   * nowhere: kind CONFLICT, and nothing is changed. A blob that does not give the bytes it
   * promised: kind PERMANENT, and nothing is left. A reader never sees part of it.
   */
  void putOnce(StoreKey key, Blob blob) throws StoreException;

  /**
   * Replaces an object, or a link of this name (not what it leads to), if {@link #stat} would give
   * the {@code expected} tag, or nothing for {@link Tag#ABSENT}, and otherwise fails with kind
   * CONFLICT; other failures as {@link #putOnce}. Atomic for readers; atomic against other writers
   * where {@link StoreTraits#conditional} says so, else only under {@link #lock}.
   *
   * @return the tag of the new state
   */
  Tag swap(StoreKey key, Tag expected, Blob blob) throws StoreException;

  /**
   * Does what {@link #swap} does, with bytes that should be in the store under another name
   * already: a store that can has its server copy them, on the same condition, and where that is
   * not possible, or other bytes are there, they are sent.
   *
   * @param from a name whose object never changes
   * @param same the bytes that it should hold
   * @return the tag of the new state
   */
  default Tag swapCopy(StoreKey key, Tag expected, StoreKey from, Blob same) throws StoreException {
    return swap(key, expected, same);
  }

  /** What went over the network since the store was opened; empty if the store does not count. */
  default Optional<Traffic> traffic() {
    return Optional.empty();
  }

  /**
   * Names directly in a folder ({@link Optional#empty()} is the top), in order: objects, and links
   * wherever they lead. What the store keeps for itself (locks, unfinished writes) is left out, and
   * so is what no key can name.
   */
  List<StoreKey> list(Optional<StoreKey> folder) throws StoreException;

  /** Names of the folders directly in a folder, in order; links to folders are no folders. */
  List<StoreKey> folders(Optional<StoreKey> folder) throws StoreException;

  /**
   * Removes an object or a link (not what it leads to); one that is not there is no error, and a
   * folder of this name stays. A folder goes with its last object.
   */
  void delete(StoreKey key) throws StoreException;

  /**
   * Where a link points, as written; empty if the name is not a link. Only with {@link
   * StoreTraits#links}.
   */
  Optional<String> readLink(StoreKey link) throws StoreException;

  /**
   * Makes {@code link} point at {@code target}, a path relative to the link's folder, in one atomic
   * step that replaces a link or an object of that name. Fails with CONFLICT unless the name is a
   * link to {@code expected} now (empty: it is not a link), and with PERMANENT if the target would
   * leave the store. The target need not exist. Only with {@link StoreTraits#links}.
   */
  void swapLink(StoreKey link, Optional<String> expected, String target) throws StoreException;

  /**
   * Keeps other publishers out, on other machines or in this process, until the lock is closed; the
   * same store too cannot have it twice. Unfinished writes of dead publishers may be removed. Only
   * with {@link StoreTraits#exclusive}.
   *
   * @throws LockedException if it cannot be had in time
   */
  StoreLock lock(LockRequest request) throws StoreException;

  /** Ends the store's use, once or more often; every later call fails with kind PERMANENT. */
  @Override
  void close() throws StoreException;

  /** An open object: its description and its bytes. */
  record Opened(StoredObject object, InputStream stream) implements Closeable {
    @Override
    public void close() throws IOException {
      stream.close();
    }
  }
}
