package org.qrepo.store.dav;

import java.time.Instant;
import java.util.Optional;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;

/**
 * What a server tells of an object without its bytes.
 *
 * @param etag of the state, for conditions
 */
record Head(long size, Instant modified, Optional<String> etag) {

  /**
   * Of an answer with status 200.
   *
   * @throws StoreException of kind PERMANENT if it lacks what is needed
   */
  static Head of(Answer answer) throws StoreException {
    if (answer.length() < 0) {
      throw lacking(answer, "how long a file is (Content-Length)");
    }
    return new Head(answer.length(), modified(answer), answer.etag());
  }

  /** Whether an answer with all or a part of the bytes is of the same state. */
  boolean isOf(Answer answer) throws StoreException {
    long whole = answer.status() == 206 ? answer.whole() : answer.length();
    return isSame(new Head(whole, modified(answer), answer.etag()));
  }

  /** A tag may be weak at first, and strong when the state has stood for a while. */
  boolean isSame(Head other) {
    return size == other.size
        && modified.equals(other.modified)
        && etag.map(Head::strong).equals(other.etag.map(Head::strong));
  }

  private static String strong(String etag) {
    return etag.startsWith("W/") ? etag.substring(2) : etag;
  }

  private static Instant modified(Answer answer) throws StoreException {
    Optional<Instant> modified = answer.time("Last-Modified");
    if (modified.isEmpty()) {
      throw lacking(answer, "when a file was last changed (Last-Modified)");
    }
    return modified.get();
  }

  private static StoreException lacking(Answer answer, String what) {
    return new StoreException(
        Kind.PERMANENT, answer.uri() + ": the server does not tell " + what + ", which is needed");
  }
}
