package org.qrepo.store.dav;

import org.qrepo.io.Digests;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoredObject;
import org.qrepo.publish.Tag;

/**
 * What is known of an object. HTTP tells times in seconds, and servers make their entity tags of
 * time and size, so a state is told by its size, its time and a digest of its bytes: of all of them
 * up to 64 KiB, else of the first and last 32 KiB, where databases have their lineage and
 * compressed files their checksum.
 */
record DavState(Head head, Tag tag) {
  /** The length of each end of a file that is looked at. */
  static final int END = 32 << 10;

  /** Of an object whose ends were read: all of it if it is small. */
  static DavState of(Head head, byte[] ends) {
    Digests digests = new Digests();
    digests.update(ends, 0, ends.length);
    String seconds = Long.toString(head.modified().getEpochSecond());
    return new DavState(head, new Tag(head.size() + "-" + seconds + "-" + digests.sha256()));
  }

  /** Whether its digest is that of all bytes. */
  static boolean isSmall(long size) {
    return size <= 2 * END;
  }

  StoredObject describe(StoreKey key) {
    return new StoredObject(key, head.size(), tag, head.modified());
  }
}
