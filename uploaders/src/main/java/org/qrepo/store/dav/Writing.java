package org.qrepo.store.dav;

import java.util.List;
import java.util.Optional;
import org.qrepo.io.Blob;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.lease.Claim;
import org.qrepo.store.lease.ForeignFiles;
import org.qrepo.store.lease.Lease;

/** How one kind of server takes files. */
sealed interface Writing permits TreeWriting, PlainWriting {
  /** Gives a blob a name that was free just now; false if it is not any more. */
  boolean create(String attempt, StoreKey key, Blob blob) throws StoreException;

  /**
   * Puts a blob in the place of a state, in one step; false if the server says that it is another
   * state by now.
   */
  boolean replace(String attempt, StoreKey key, DavState state, Blob blob) throws StoreException;

  /** What is directly in a folder, folders too. */
  List<Multistatus.Entry> list(String attempt, Optional<StoreKey> folder) throws StoreException;

  /** An object of the name was removed. */
  void removed(String attempt, StoreKey key) throws StoreException;

  /** The claim of a publisher who wants the lock. */
  Claim claim(String id);

  ForeignFiles foreign();

  /** What the holder of the lock does first. */
  Lease.Sweep sweep();
}
