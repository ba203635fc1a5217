package org.qrepo.publish;

import java.time.Instant;
import java.util.Optional;
import org.qrepo.io.Sha256;

/**
 * An object as its store describes it.
 *
 * @param key the name that was asked for
 * @param size in bytes
 * @param tag tells this state from others
 * @param lastModified by the store's own clock: what a web server in front would answer
 * @param digest of the bytes, as their writer told it to the store; empty where stores keep no such
 *     thing. It spares the reading of bytes that have been verified once; it verifies none.
 */
public record StoredObject(
    StoreKey key, long size, Tag tag, Instant lastModified, Optional<Sha256> digest) {
  /** One that tells no digest. */
  public StoredObject(StoreKey key, long size, Tag tag, Instant lastModified) {
    this(key, size, tag, lastModified, Optional.empty());
  }
}
