package org.qrepo.store.dav;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;

/**
 * Looks at what a server has of what was sent: its size, and its bytes if they are few. The digest
 * of what was sent is checked on the way.
 */
final class Written {
  private static final int READ_BACK = 1 << 20;

  private Written() {}

  /**
   * @param at where it was written
   * @param key as what it was sent, for messages
   * @throws StoreException of kind TRANSIENT if it is damaged
   */
  static Head check(Reader reader, String attempt, StoreKey at, StoreKey key, Blob blob)
      throws StoreException {
    Optional<Head> head = reader.look(attempt, at).head();
    long size = head.map(Head::size).orElse(-1L);
    if (head.isEmpty() || size != blob.size()) {
      throw DavFailures.damaged(key, "has " + size + " bytes of " + blob.size());
    }
    if (size > 0 && size <= READ_BACK) {
      byte[] back = reader.beginning(attempt, at, (int) size + 1).orElse(new byte[0]);
      if (!Digests.of(back, Set.of()).sha256().equals(blob.sha256())) {
        throw DavFailures.damaged(key, "gives back other bytes");
      }
    }
    return head.get();
  }

  /** Sends it to a name. */
  static Answer send(
      Calls calls,
      String attempt,
      StoreKey at,
      StoreKey key,
      Map<String, String> conditions,
      Blob blob)
      throws StoreException {
    Map<String, String> headers = new HashMap<>(conditions);
    headers.put(
        "Content-Type",
        key.name().endsWith(".sig") ? "application/pgp-signature" : "application/octet-stream");
    return calls.put(attempt, calls.address().of(at), headers, new Outgoing(key, blob));
  }
}
