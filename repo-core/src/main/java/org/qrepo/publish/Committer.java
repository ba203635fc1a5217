package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/**
 * Makes a generation live. On stores that lock, the caller holds the lock; every write is
 * conditional on the state that was read, so that a publisher that lost its lock without knowing
 * does no harm.
 */
final class Committer {
  private static final int MAX_SWAPS = 5;

  private final RepositorySpec spec;
  private final Store store;
  private final Names names;

  Committer(RepositorySpec spec, Store store) {
    this.spec = spec;
    this.store = store;
    this.names = new Names(spec.name());
  }

  /** Confirms before each write that this publisher may still commit. */
  @FunctionalInterface
  interface Permit {
    void confirm() throws StoreException;
  }

  /**
   * Brings every mutable name to the generation.
   *
   * @param parts of the generation, for stores without links
   * @return how long clients could see a new database with an old signature
   * @throws SupersededException if the repository is not in the state that was read
   */
  Duration commit(GenerationId id, Map<Part, Blob> parts, Remote seen, Permit permit)
      throws IOException, SupersededException {
    return spec.layout() == Layout.POINTER
        ? commitPointer(id, seen, permit)
        : commitPlain(mutable(), parts, seen, permit);
  }

  /**
   * Finishes the commit of the live generation that another publisher began: no key is needed.
   *
   * @param parts of that generation, as {@link GenerationReader#parts} has checked them
   */
  void finish(Remote.Live live, Map<Part, Blob> parts, Permit permit)
      throws IOException, SupersededException {
    if (spec.layout() == Layout.POINTER) {
      commitPointer(live.generation().id(), live, permit);
    } else {
      commitPlain(live.unsettled(), parts, live, permit);
    }
  }

  private List<Names.Mutable> mutable() {
    return names.mutable(spec.compression(), spec.aliases());
  }

  private Duration commitPointer(GenerationId id, Remote seen, Permit permit)
      throws IOException, SupersededException {
    Optional<String> pointer = seen instanceof Remote.Live live ? live.pointer() : Optional.empty();
    String target = Names.generation(id).value();
    requireUnchanged(seen);
    if (pointer.isEmpty() && seen instanceof Remote.Live live) {
      permit.confirm();
      pointer = Optional.of(Names.generation(live.generation().id()).value());
      point(Optional.empty(), pointer.get());
    }
    for (Names.Mutable name : mutable()) {
      link(name, permit);
    }
    if (!pointer.equals(Optional.of(target))) {
      permit.confirm();
      point(pointer, target);
    }
    return Duration.ZERO;
  }

  private void link(Names.Mutable name, Permit permit) throws IOException {
    String target = names.throughCurrent(name.part());
    Optional<String> now = store.readLink(name.key());
    if (!now.equals(Optional.of(target))) {
      permit.confirm();
      store.swapLink(name.key(), now, target);
    }
  }

  private void point(Optional<String> expected, String target)
      throws IOException, SupersededException {
    try {
      store.swapLink(Names.CURRENT, expected, target);
    } catch (StoreException e) {
      Optional<String> now = store.readLink(Names.CURRENT);
      if (now.equals(Optional.of(target))) {
        return;
      }
      if (!now.equals(expected)) {
        throw new SupersededException(Names.CURRENT + " was moved by another publisher");
      }
      throw e;
    }
  }

  /** The pointer's expected target says too little when the live names are no links yet. */
  private void requireUnchanged(Remote seen) throws IOException, SupersededException {
    StoreKey database = names.top(Part.DATABASE);
    Tag now = store.stat(database).map(StoredObject::tag).orElse(Tag.ABSENT);
    if (!now.equals(tag(seen, database))) {
      throw new SupersededException(database + " was changed by another publisher");
    }
  }

  private static Tag tag(Remote seen, StoreKey key) {
    return seen instanceof Remote.Live live
        ? live.tags().getOrDefault(key, Tag.ABSENT)
        : Tag.ABSENT;
  }

  /** The database first: from then on its generation is the live one, whoever finishes the rest. */
  private Duration commitPlain(
      List<Names.Mutable> order, Map<Part, Blob> parts, Remote seen, Permit permit)
      throws IOException, SupersededException {
    StoreKey database = names.top(Part.DATABASE);
    long databaseLive = System.nanoTime();
    Duration gap = Duration.ZERO;
    for (Names.Mutable name : order) {
      Blob blob = part(parts, name.part());
      if (name.key().equals(database)) {
        swapDatabase(database, tag(seen, database), blob, permit);
        databaseLive = System.nanoTime();
      } else if (!follow(
          name.key(), tag(seen, name.key()), blob, part(parts, Part.DATABASE), permit)) {
        return gap;
      }
      if (name.key().equals(names.top(Part.DATABASE_SIGNATURE))) {
        gap = Duration.ofNanos(System.nanoTime() - databaseLive);
      }
    }
    if (seen instanceof Remote.Live live && live.pointer().isPresent()) {
      permit.confirm();
      store.delete(Names.CURRENT);
    }
    return gap;
  }

  private static Blob part(Map<Part, Blob> parts, Part part) {
    Blob blob = parts.get(part);
    if (blob == null) {
      throw new IllegalStateException("no " + part);
    }
    return blob;
  }

  private void swapDatabase(StoreKey key, Tag expected, Blob blob, Permit permit)
      throws IOException, SupersededException {
    permit.confirm();
    try {
      store.swap(key, expected, blob);
    } catch (StoreException e) {
      if (holds(key, blob.sha256())) {
        return;
      }
      if (e.kind() == StoreException.Kind.CONFLICT) {
        throw new SupersededException(key + " was changed by another publisher");
      }
      throw e;
    }
  }

  /**
   * Swaps a name that follows the database. A name that is in an unexpected state is swapped all
   * the same as long as the database is this one: a publisher that finishes an older commit may
   * have been there.
   *
   * @return false if the database is no longer this one: then its successor cares for the names
   */
  private boolean follow(StoreKey key, Tag expected, Blob blob, Blob database, Permit permit)
      throws IOException {
    Tag now = expected;
    for (int attempt = 1; ; attempt++) {
      permit.confirm();
      try {
        store.swap(key, now, blob);
        return true;
      } catch (StoreException e) {
        if (holds(key, blob.sha256())) {
          return true;
        }
        if (e.kind() != StoreException.Kind.CONFLICT || attempt == MAX_SWAPS) {
          throw e;
        }
      }
      if (!holds(names.top(Part.DATABASE), database.sha256())) {
        return false;
      }
      now = store.stat(key).map(StoredObject::tag).orElse(Tag.ABSENT);
    }
  }

  private boolean holds(StoreKey key, Sha256 digest) throws IOException {
    try (Store.Opened opened = store.open(key)) {
      InputStream in = opened.stream();
      return Digests.of(in, Set.of()).sha256().equals(digest);
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.ABSENT) {
        return false;
      }
      throw e;
    }
  }
}
