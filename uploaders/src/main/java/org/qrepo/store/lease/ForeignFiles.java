package org.qrepo.store.lease;

import java.util.Optional;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;

/** Small files that programs on the server's machine honour as locks. */
public interface ForeignFiles {
  /** Makes one; false if something has the name. */
  boolean create(StoreKey key, String text) throws StoreException;

  /** The beginning of one, a character for each byte; empty if nothing has the name. */
  Optional<String> read(StoreKey key) throws StoreException;

  void remove(StoreKey key) throws StoreException;

  /** By which word in it the next holder of this kind of lock knows what a dead one left. */
  String mark();
}
