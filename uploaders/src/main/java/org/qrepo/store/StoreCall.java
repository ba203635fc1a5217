package org.qrepo.store;

import java.util.Optional;
import org.qrepo.publish.StoreKey;

/**
 * One call of a store.
 *
 * @param key what it is about; empty for the top folder and for the lock
 * @param bytes the size of what it is asked to write, else 0
 */
public record StoreCall(Verb verb, Optional<StoreKey> key, long bytes) {
  @Override
  public String toString() {
    return verb + key.map(k -> " " + k).orElse("") + (bytes == 0 ? "" : " (" + bytes + " bytes)");
  }
}
