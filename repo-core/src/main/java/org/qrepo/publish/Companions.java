package org.qrepo.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.RefusedException;
import org.qrepo.io.Blob;

/**
 * Files beside a repository that tell of its live generation, such as its landing page. Clients of
 * pacman never read them, so they follow a publish instead of being part of it: whatever becomes of
 * them, the repository is whole.
 */
public final class Companions {
  private static final int ATTEMPTS = 5;

  private final RepositorySpec spec;
  private final Store store;
  private final History history;
  private final RepositoryLock lock;

  /**
   * @param scratchParent where temporary files go: room for both databases
   * @param lockPatience how long to wait for a publisher that is at work
   */
  public Companions(
      RepositorySpec spec,
      Store store,
      Verifier verifier,
      SeenGenerations seen,
      Path scratchParent,
      Duration lockPatience) {
    this.spec = spec;
    this.store = store;
    this.history = new History(spec, store, verifier, seen, scratchParent);
    this.lock = new RepositoryLock(spec, store, lockPatience);
  }

  /** Writes what there is to tell of a generation; the same of the same. */
  @FunctionalInterface
  public interface Author {
    /**
     * The files by their names, which are no names of packages or of the repository's own files.
     */
    Map<StoreKey, byte[]> files(Generation live) throws IOException;
  }

  /**
   * Brings the files to the live generation. Where no lock keeps others out, it looks afterwards
   * whether the generation is still the live one.
   *
   * @return what was written; files that were as they should be are not
   * @throws RefusedException if what is live does not verify
   * @throws LockedException if a publisher held the lock too long
   * @throws ConflictException if the repository or the files changed in every attempt
   */
  public List<StoreKey> update(Author author) throws IOException {
    try (StoreLock held = lock.take()) {
      List<StoreKey> written = new ArrayList<>();
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        Optional<Generation> live = history.live();
        if (live.isEmpty() || isCurrent(author.files(live.get()), held, written)) {
          return List.copyOf(written);
        }
      }
      throw new ConflictException(
          "others changed what is published at "
              + store.location()
              + " in each of "
              + ATTEMPTS
              + " attempts to write its "
              + spec.name()
              + " page. The repository itself is whole.");
    }
  }

  /** Whether nothing was left to write; what was written has to be looked at once more. */
  private boolean isCurrent(Map<StoreKey, byte[]> files, StoreLock held, List<StoreKey> written)
      throws IOException {
    boolean current = true;
    for (Map.Entry<StoreKey, byte[]> file : files.entrySet()) {
      Blob blob = Blob.of(file.getValue());
      if (!BoundedStream.holds(store, file.getKey(), blob.size(), blob.sha256())) {
        current = false;
        if (replace(file.getKey(), blob, held) && !written.contains(file.getKey())) {
          written.add(file.getKey());
        }
      }
    }
    return current;
  }

  /** Whether it was written; a rival may have been faster. */
  private boolean replace(StoreKey key, Blob blob, StoreLock held) throws IOException {
    Tag before = store.stat(key).map(StoredObject::tag).orElse(Tag.ABSENT);
    held.confirm();
    try {
      store.swap(key, before, blob);
      return true;
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.CONFLICT) {
        return false;
      }
      throw e;
    }
  }
}
