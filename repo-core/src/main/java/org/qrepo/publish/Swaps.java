package org.qrepo.publish;

import java.io.IOException;
import java.util.Optional;
import org.qrepo.io.Blob;

/** Writes the few names that change, each against the state that was read. */
final class Swaps {
  private static final int MAX_SWAPS = 5;

  private final Store store;

  Swaps(Store store) {
    this.store = store;
  }

  /**
   * What a mutable name is to show.
   *
   * @param own where the generation itself has it
   */
  record Shown(Blob blob, StoreKey own) {}

  /** The name whose bytes say which generation is live, and its bytes. */
  record Leader(StoreKey key, Blob blob) {}

  /**
   * @throws SupersededException if a name is not in the state that was read
   */
  void requireTag(StoreKey key, Tag expected) throws IOException, SupersededException {
    Tag now = store.stat(key).map(StoredObject::tag).orElse(Tag.ABSENT);
    if (!now.equals(expected)) {
      throw new SupersededException(key + " was changed by another publisher");
    }
  }

  /** Makes a name a link, unless it is that link already. */
  void link(StoreKey key, String target, Committer.Permit permit)
      throws IOException, SupersededException {
    Optional<String> now = store.readLink(key);
    if (!now.equals(Optional.of(target))) {
      permit.confirm();
      store.swapLink(key, now, target);
    }
  }

  /**
   * Moves the link that all others lead through.
   *
   * @throws SupersededException if another publisher moved it
   */
  void point(StoreKey pointer, Optional<String> expected, String target, Committer.Permit permit)
      throws IOException, SupersededException {
    if (expected.equals(Optional.of(target))) {
      return;
    }
    permit.confirm();
    try {
      store.swapLink(pointer, expected, target);
    } catch (StoreException e) {
      Optional<String> now = store.readLink(pointer);
      if (now.equals(Optional.of(target))) {
        return;
      }
      if (!now.equals(expected)) {
        throw new SupersededException(pointer + " was moved by another publisher");
      }
      throw e;
    }
  }

  /**
   * Swaps the name that says which generation is live.
   *
   * @throws SupersededException if another publisher changed it
   */
  void lead(StoreKey key, Tag expected, Shown shown, Committer.Permit permit)
      throws IOException, SupersededException {
    permit.confirm();
    try {
      store.swapCopy(key, expected, shown.own(), shown.blob());
    } catch (StoreException e) {
      if (holds(key, shown.blob())) {
        return;
      }
      if (e.kind() == StoreException.Kind.CONFLICT) {
        throw new SupersededException(key + " was changed by another publisher");
      }
      throw e;
    }
  }

  /**
   * Swaps a name that follows the leader. A name that is in an unexpected state is swapped all the
   * same as long as the leader is this one: a publisher that finishes an older commit may have been
   * there.
   *
   * @return false if the leader is no longer this one: then its successor cares for the names
   */
  boolean follow(StoreKey key, Tag expected, Shown shown, Leader leader, Committer.Permit permit)
      throws IOException, SupersededException {
    Tag now = expected;
    for (int attempt = 1; ; attempt++) {
      permit.confirm();
      try {
        store.swapCopy(key, now, shown.own(), shown.blob());
        return true;
      } catch (StoreException e) {
        if (holds(key, shown.blob())) {
          return true;
        }
        if (e.kind() != StoreException.Kind.CONFLICT || attempt == MAX_SWAPS) {
          throw e;
        }
      }
      // In this order: a name that a successor writes after this look is in another state.
      now = store.stat(key).map(StoredObject::tag).orElse(Tag.ABSENT);
      if (!holds(leader.key(), leader.blob())) {
        return false;
      }
    }
  }

  private boolean holds(StoreKey key, Blob blob) throws IOException {
    return BoundedStream.holds(store, key, blob.size(), blob.sha256());
  }
}
