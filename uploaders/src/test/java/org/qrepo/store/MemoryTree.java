package org.qrepo.store;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.TemporalUnit;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.qrepo.io.Blob;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.LockedException;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;
import org.qrepo.publish.StoredObject;
import org.qrepo.publish.Tag;

/** What lies in a {@link MemoryStore}; several stores may share it. */
@NullMarked
final class MemoryTree {
  private static final int MOST_LINKS = 40;

  private final InstantSource clock;
  private final TemporalUnit granularity;
  private final TreeMap<StoreKey, Node> nodes = new TreeMap<>();
  private long states;
  private boolean locked;
  private List<StoreKey> foreign = List.of();

  MemoryTree(InstantSource clock, TemporalUnit granularity) {
    this.clock = clock;
    this.granularity = granularity;
  }

  private interface Node {}

  private record Link(String target) implements Node {}

  record Bytes(Blob content, Tag tag, Instant modified) implements Node {
    StoredObject describe(StoreKey key) {
      return new StoredObject(key, content.size(), tag, modified);
    }
  }

  synchronized SortedMap<StoreKey, String> contents() {
    TreeMap<StoreKey, String> all = new TreeMap<>();
    nodes.forEach(
        (key, node) ->
            all.put(
                key,
                node instanceof Link l
                    ? "-> " + l.target()
                    : ((Bytes) node).content().sha256().hex()));
    return all;
  }

  synchronized Optional<Bytes> object(StoreKey key) throws StoreException {
    return follow(key).map(nodes::get).map(node -> (Bytes) node);
  }

  /** Whether there is an object with these bytes; CONFLICT if the name has other ones. */
  synchronized boolean holds(StoreKey key, Blob blob) throws StoreException {
    StoreKey place = place(key);
    if (!nodes.containsKey(place)) {
      refuseFolders(key, place);
      return false;
    }
    Optional<Bytes> now = object(key);
    if (now.isEmpty() || !now.get().content().sha256().equals(blob.sha256())) {
      throw new StoreException(Kind.CONFLICT, key + " exists with other bytes");
    }
    return true;
  }

  synchronized void putOnce(StoreKey key, Blob blob) throws StoreException {
    if (!holds(key, blob)) {
      store(key, blob);
    }
  }

  synchronized Tag swap(StoreKey key, Tag expected, Blob blob) throws StoreException {
    if (!object(key).map(Bytes::tag).orElse(Tag.ABSENT).equals(expected)) {
      throw new StoreException(Kind.CONFLICT, key + " is not in the state that was seen");
    }
    return store(key, blob);
  }

  synchronized List<StoreKey> list(Optional<StoreKey> folder, boolean folders)
      throws StoreException {
    String prefix = folder.isEmpty() ? "" : folderPlace(folder.get()) + "/";
    TreeSet<StoreKey> names = new TreeSet<>();
    for (StoreKey key : nodes.keySet()) {
      if (key.value().startsWith(prefix)) {
        String rest = key.value().substring(prefix.length());
        String name = rest.split("/", -1)[0];
        if (folders == rest.contains("/")) {
          names.add(folder.map(f -> f.child(name)).orElseGet(() -> new StoreKey(name)));
        }
      }
    }
    return List.copyOf(names);
  }

  synchronized void delete(StoreKey key) throws StoreException {
    nodes.remove(place(key));
  }

  synchronized Optional<String> readLink(StoreKey key) throws StoreException {
    return nodes.get(place(key)) instanceof Link link
        ? Optional.of(link.target())
        : Optional.empty();
  }

  synchronized void swapLink(StoreKey key, Optional<String> expected, String target)
      throws StoreException {
    if (!readLink(key).equals(expected)) {
      throw new StoreException(Kind.CONFLICT, "the link " + key + " does not point at " + expected);
    }
    refuseFolders(key, place(key));
    nodes.put(place(key), new Link(target));
  }

  synchronized StoreLock lock(LockRequest request) throws StoreException {
    long end = System.nanoTime() + request.patience().toNanos();
    while (locked || request.foreign().stream().anyMatch(nodes::containsKey)) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new LockedException("another publisher holds the lock");
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, 10_000_000));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoreException(Kind.PERMANENT, "interrupted while waiting for the lock", e);
      }
    }
    locked = true;
    foreign = request.foreign();
    for (StoreKey key : foreign) {
      store(key, Blob.of(new byte[] {'q', '\n'}));
    }
    return new Lock();
  }

  private synchronized void unlock() {
    foreign.forEach(nodes::remove);
    foreign = List.of();
    locked = false;
    notifyAll();
  }

  private Tag store(StoreKey key, Blob blob) throws StoreException {
    StoreKey place = place(key);
    refuseFolders(key, place);
    states++;
    Tag tag = new Tag("state " + states);
    nodes.put(place, new Bytes(blob, tag, clock.instant().truncatedTo(granularity)));
    return tag;
  }

  private void refuseFolders(StoreKey key, StoreKey place) throws StoreException {
    for (StoreKey other : nodes.keySet()) {
      if (other.value().startsWith(place + "/")) {
        throw new StoreException(Kind.CONFLICT, key + " is a folder");
      }
      if (place.value().startsWith(other + "/")) {
        throw new StoreException(Kind.CONFLICT, other + " is not a folder");
      }
    }
  }

  /** The place of an object, links followed; empty if there is none. */
  private Optional<StoreKey> follow(StoreKey key) throws StoreException {
    StoreKey place = place(key);
    for (int i = 0; i < MOST_LINKS; i++) {
      Node node = nodes.get(place);
      if (!(node instanceof Link link)) {
        return node == null ? Optional.empty() : Optional.of(place);
      }
      place = place(LinkTarget.resolve(place, link.target()));
    }
    return Optional.empty();
  }

  /** Where a name lies: links among its folders are followed, a link of the name itself is not. */
  private StoreKey place(StoreKey key) throws StoreException {
    int end = key.value().lastIndexOf('/');
    if (end < 0) {
      return key;
    }
    return folderPlace(new StoreKey(key.value().substring(0, end))).child(key.name());
  }

  private StoreKey folderPlace(StoreKey folder) throws StoreException {
    StoreKey place = place(folder);
    for (int i = 0; i < MOST_LINKS; i++) {
      if (!(nodes.get(place) instanceof Link link)) {
        return place;
      }
      place = place(LinkTarget.resolve(place, link.target()));
    }
    throw new StoreException(Kind.PERMANENT, folder + " is a link that leads to itself");
  }

  private final class Lock implements StoreLock {
    private boolean closed;

    @Override
    public void confirm() throws StoreException {
      synchronized (MemoryTree.this) {
        if (closed || !nodes.keySet().containsAll(foreign)) {
          throw new StoreException(Kind.CONFLICT, "the lock was lost");
        }
      }
    }

    @Override
    public void close() {
      synchronized (MemoryTree.this) {
        if (!closed) {
          closed = true;
          unlock();
        }
      }
    }
  }
}
