package org.qrepo.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalUnit;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.NullMarked;
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

/**
 * A store in memory, as strict as a file system: it has folders, links that may dangle, and a clock
 * of its own. Every operation is atomic. What the traits deny is refused as a programming error.
 */
@NullMarked
public final class MemoryStore implements Store {
  private final StoreTraits traits;
  private final MemoryTree tree;
  private volatile boolean closed;

  private MemoryStore(StoreTraits traits, MemoryTree tree) {
    this.traits = traits;
    this.tree = tree;
  }

  /**
   * @param clock the server's, for {@link StoredObject#lastModified}
   * @param granularity what times are rounded down to: seconds on many servers
   */
  public MemoryStore(StoreTraits traits, InstantSource clock, TemporalUnit granularity) {
    this(traits, new MemoryTree(clock, granularity));
  }

  public MemoryStore(StoreTraits traits) {
    this(traits, InstantSource.system(), ChronoUnit.NANOS);
  }

  /** Links and a lock, as a local tree or an SFTP server has them. */
  public static MemoryStore withLinks() {
    return new MemoryStore(new StoreTraits(true, true, false, 2));
  }

  /** Conditional writes and nothing else, as a good bucket has them. */
  public static MemoryStore conditional() {
    return new MemoryStore(new StoreTraits(false, false, true, 2));
  }

  /** Neither links nor a lock nor conditions, as a plain PUT server. */
  public static MemoryStore plain() {
    return new MemoryStore(new StoreTraits(false, false, false, 2));
  }

  /** Another publisher's store on the same place. */
  public MemoryStore another() {
    return new MemoryStore(traits, tree);
  }

  /** Every name that is taken: {@code sha256 of the bytes}, or {@code -> target} of a link. */
  public SortedMap<StoreKey, String> contents() {
    return tree.contents();
  }

  @Override
  public StoreTraits traits() {
    return traits;
  }

  @Override
  public String location() {
    return "memory:";
  }

  @Override
  public Optional<StoredObject> stat(StoreKey key) throws StoreException {
    ensureOpen();
    return tree.object(key).map(o -> o.describe(key));
  }

  @Override
  public Opened open(StoreKey key) throws StoreException {
    ensureOpen();
    MemoryTree.Bytes object =
        tree.object(key).orElseThrow(() -> new StoreException(Kind.ABSENT, "there is no " + key));
    try {
      return new Opened(object.describe(key), object.content().open());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void putOnce(StoreKey key, Blob blob) throws StoreException {
    ensureOpen();
    if (!tree.holds(key, blob)) {
      tree.putOnce(key, receive(key, blob));
    }
  }

  @Override
  public Tag swap(StoreKey key, Tag expected, Blob blob) throws StoreException {
    ensureOpen();
    return tree.swap(key, expected, receive(key, blob));
  }

  @Override
  public List<StoreKey> list(Optional<StoreKey> folder) throws StoreException {
    ensureOpen();
    return tree.list(folder, false);
  }

  @Override
  public List<StoreKey> folders(Optional<StoreKey> folder) throws StoreException {
    ensureOpen();
    return tree.list(folder, true);
  }

  @Override
  public void delete(StoreKey key) throws StoreException {
    ensureOpen();
    tree.delete(key);
  }

  @Override
  public Optional<String> readLink(StoreKey link) throws StoreException {
    ensureOpen();
    ensure(traits.links(), "links");
    return tree.readLink(link);
  }

  @Override
  public void swapLink(StoreKey link, Optional<String> expected, String target)
      throws StoreException {
    ensureOpen();
    ensure(traits.links(), "links");
    LinkTarget.resolve(link, target);
    tree.swapLink(link, expected, target);
  }

  @Override
  public StoreLock lock(LockRequest request) throws StoreException {
    ensureOpen();
    ensure(traits.exclusive(), "a lock");
    return tree.lock(request);
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public String toString() {
    return "MemoryStore" + traits;
  }

  private void ensureOpen() throws StoreException {
    if (closed) {
      throw new StoreException(Kind.PERMANENT, "the store is closed");
    }
  }

  private static void ensure(boolean trait, String what) {
    if (!trait) {
      throw new UnsupportedOperationException("this store does not have " + what);
    }
  }

  private static Blob receive(StoreKey key, Blob blob) throws StoreException {
    Blob received;
    try (InputStream in = blob.open()) {
      received = Blob.of(in.readNBytes((int) Math.min(blob.size() + 1, Integer.MAX_VALUE)));
    } catch (IOException e) {
      throw new StoreException(Kind.PERMANENT, "cannot write " + key + ": " + e.getMessage(), e);
    }
    if (received.size() != blob.size() || !received.sha256().equals(blob.sha256())) {
      throw new StoreException(Kind.PERMANENT, "the source of " + key + " changed");
    }
    return received;
  }
}
