package org.qrepo.store.dav;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.qrepo.io.AtomicFile;
import org.qrepo.io.Blob;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;
import org.qrepo.publish.StoreTraits;
import org.qrepo.publish.StoredObject;
import org.qrepo.publish.Tag;
import org.qrepo.store.lease.Lease;

/**
 * A repository in a folder of a web server that takes files. With WebDAV a new file goes to a
 * hidden unfinished one, whose size is checked and which is read back if it is small, and then gets
 * its name in one step; a file that changes is replaced by one {@code PUT}. The folder is made by
 * the first write.
 *
 * <p>Real servers do not keep two writers apart whatever conditions a write has, so publishers need
 * the lock. What has to be compared with bytes that are there is read: HTTP has no request for a
 * digest. Headers of files, for caches say, are the server's affair.
 */
public final class DavStore implements Store {
  private static final int PARALLELISM = 4;

  private final DavAddress address;
  private final Calls calls;
  private final Reader reader;
  private final Writing writing;
  private final boolean lists;
  private final Duration life;
  private final Object naming = new Object();

  private DavStore(DavAddress address, DavSettings settings) {
    this.address = address;
    this.calls = new Calls(address, settings);
    this.reader = new Reader(calls);
    this.lists = settings.tree();
    this.life = settings.limits().lock();
    this.writing =
        settings.tree()
            ? new TreeWriting(calls, reader, life)
            : new PlainWriting(calls, reader, settings.limits());
  }

  /**
   * Opens the folder that a URL names; nobody is contacted yet.
   *
   * @throws org.qrepo.store.TargetException if it is no such URL
   */
  public static DavStore open(String url, DavSettings settings) {
    return new DavStore(DavAddress.parse(url), settings);
  }

  @Override
  public StoreTraits traits() {
    return new StoreTraits(false, true, false, lists, PARALLELISM);
  }

  @Override
  public String location() {
    return address.toString();
  }

  @Override
  public Optional<StoredObject> stat(StoreKey key) throws StoreException {
    requireOrdinary(key);
    return reader.state("look at " + key, key).map(state -> state.describe(key));
  }

  @Override
  public Opened open(StoreKey key) throws StoreException {
    requireOrdinary(key);
    return reader.open("read " + key, key);
  }

  @Override
  public void putOnce(StoreKey key, Blob blob) throws StoreException {
    requireOrdinary(key);
    String attempt = "write " + key;
    if (look(attempt, key).isEmpty() && writing.create(attempt, key, blob)) {
      return;
    }
    if (!reader.holds(attempt, key, blob)) {
      throw DavFailures.otherBytes(key);
    }
  }

  @Override
  public Tag swap(StoreKey key, Tag expected, Blob blob) throws StoreException {
    requireOrdinary(key);
    String attempt = "replace " + key;
    synchronized (naming) {
      if (look(attempt, key).isEmpty() && !expected.equals(Tag.ABSENT)) {
        throw DavFailures.changed(key);
      }
      Optional<DavState> now = reader.state(attempt, key);
      if (!now.map(DavState::tag).orElse(Tag.ABSENT).equals(expected)) {
        throw DavFailures.changed(key);
      }
      boolean done =
          now.isPresent()
              ? writing.replace(attempt, key, now.get(), blob)
              : writing.create(attempt, key, blob);
      if (!done) {
        throw DavFailures.changed(key);
      }
      return reader.state(attempt, key).orElseThrow(() -> DavFailures.changed(key)).tag();
    }
  }

  @Override
  public List<StoreKey> list(Optional<StoreKey> folder) throws StoreException {
    return names(folder, false);
  }

  @Override
  public List<StoreKey> folders(Optional<StoreKey> folder) throws StoreException {
    return names(folder, true);
  }

  @Override
  public void delete(StoreKey key) throws StoreException {
    requireOrdinary(key);
    String attempt = "delete " + key;
    if (reader.look(attempt, key).head().isEmpty()) {
      return;
    }
    Answer answer = calls.ask(attempt, "DELETE", address.of(key), Map.of());
    if (!answer.isDone() && !answer.isAbsent()) {
      throw calls.refused(attempt, answer);
    }
    writing.removed(attempt, key);
  }

  @Override
  public Optional<String> readLink(StoreKey link) {
    return Optional.empty();
  }

  @Override
  public void swapLink(StoreKey link, Optional<String> expected, String target)
      throws StoreException {
    throw DavFailures.noLinks();
  }

  @Override
  public StoreLock lock(LockRequest request) throws StoreException {
    String id = Lease.newId();
    return Lease.acquire(writing.claim(id), id, life, request, writing.foreign(), writing.sweep());
  }

  @Override
  public void close() {
    calls.close();
  }

  @Override
  public String toString() {
    return "DavStore[" + location() + "]";
  }

  private Optional<Head> look(String attempt, StoreKey key) throws StoreException {
    Reader.Look look = reader.look(attempt, key);
    if (look.folder()) {
      throw DavFailures.isAFolder(key);
    }
    return look.head();
  }

  private List<StoreKey> names(Optional<StoreKey> folder, boolean folders) throws StoreException {
    if (folder.isPresent()) {
      requireOrdinary(folder.get());
    }
    String attempt = "list " + folder.map(StoreKey::value).orElse("the repository");
    TreeSet<StoreKey> keys = new TreeSet<>();
    for (Multistatus.Entry entry : writing.list(attempt, folder)) {
      if (entry.folder() == folders) {
        key(folder, entry.name()).ifPresent(keys::add);
      }
    }
    return List.copyOf(keys);
  }

  /** Empty for what the store keeps to itself, and for a name that no key has. */
  private static Optional<StoreKey> key(Optional<StoreKey> folder, String name) {
    if (isReserved(name)) {
      return Optional.empty();
    }
    try {
      return Optional.of(folder.map(f -> f.child(name)).orElseGet(() -> new StoreKey(name)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isReserved(String name) {
    return name.equals(DavLockFolder.TOP.value()) || AtomicFile.isTemporary(name);
  }

  private static void requireOrdinary(StoreKey key) throws StoreException {
    for (String segment : key.value().split("/", -1)) {
      if (isReserved(segment)) {
        throw new StoreException(
            Kind.PERMANENT, "'" + key + "' cannot be stored: the store keeps such names to itself");
      }
    }
  }
}
