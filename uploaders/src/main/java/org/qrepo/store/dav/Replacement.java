package org.qrepo.store.dav;

import java.util.Map;
import java.util.Optional;
import org.qrepo.io.Blob;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;

/**
 * One {@code PUT} over a file that is there: real servers put the new one in its place in one step,
 * which they do not when they move a file over another (Apache removes the old one first). It
 * carries the state's entity tag as a condition. Some servers ignore conditions, and some refuse
 * what they should take; so after a refusal the state itself decides.
 */
final class Replacement {
  private final Calls calls;
  private final Reader reader;
  private final boolean tree;
  private volatile boolean heeded = true;

  /**
   * @param tree whether the server knows WebDAV's conditions, which hold for weak tags too
   */
  Replacement(Calls calls, Reader reader, boolean tree) {
    this.calls = calls;
    this.reader = reader;
    this.tree = tree;
  }

  /** False if it is another state by now. */
  boolean write(String attempt, StoreKey key, DavState state, Blob blob) throws StoreException {
    Map<String, String> condition = heeded ? condition(state) : Map.of();
    Answer answer = Written.send(calls, attempt, key, key, condition, blob);
    if (answer.status() == 412 && !condition.isEmpty()) {
      Optional<DavState> now = reader.state(attempt, key);
      if (!now.map(DavState::tag).equals(Optional.of(state.tag()))) {
        return false;
      }
      heeded = false;
      answer = Written.send(calls, attempt, key, key, Map.of(), blob);
    }
    if (answer.status() == 412) {
      return false;
    }
    if (!answer.isDone()) {
      throw answer.isOfFolder() ? DavFailures.isAFolder(key) : calls.refused(attempt, answer);
    }
    Written.check(reader, attempt, key, key, blob);
    return true;
  }

  private Map<String, String> condition(DavState state) {
    Optional<String> etag = state.head().etag();
    if (etag.isEmpty()) {
      return Map.of();
    }
    if (tree) {
      return Map.of("If", "([" + etag.get() + "])");
    }
    return etag.get().startsWith("W/") ? Map.of() : Map.of("If-Match", etag.get());
  }
}
