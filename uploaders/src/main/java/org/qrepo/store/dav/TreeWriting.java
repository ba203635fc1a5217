package org.qrepo.store.dav;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.qrepo.io.Blob;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.lease.Claim;
import org.qrepo.store.lease.FolderClaim;
import org.qrepo.store.lease.ForeignFiles;
import org.qrepo.store.lease.Lease;
import org.qrepo.store.lease.LeaseSweep;

/**
 * A server with WebDAV's folders: a new file is written under a hidden name, checked, and moved to
 * its own, which no reader sees before.
 */
final class TreeWriting implements Writing {
  private final Calls calls;
  private final Reader reader;
  private final Tree tree;
  private final Duration life;
  private final Replacement replacement;

  /**
   * @param life of a lock
   */
  TreeWriting(Calls calls, Reader reader, Duration life) {
    this.calls = calls;
    this.reader = reader;
    this.tree = new Tree(calls, reader);
    this.life = life;
    this.replacement = new Replacement(calls, reader, true);
  }

  /** Servers may let two through at a time: so what is there then is looked at. */
  @Override
  public boolean create(String attempt, StoreKey key, Blob blob) throws StoreException {
    try (Upload upload = Upload.send(calls, reader, tree, attempt, key, blob)) {
      Optional<Head> sent = reader.look(attempt, upload.at()).head();
      Answer answer = upload.moveTo(key);
      if (answer.status() == 412) {
        return false;
      }
      if (!answer.isDone()) {
        Optional<StoreException> other = tree.inTheWay(attempt, key);
        throw other.isPresent() ? other.get() : calls.refused(attempt, answer);
      }
      Optional<Head> there = reader.look(attempt, key).head();
      return there.isPresent()
          && (sent.filter(there.get()::isSame).isPresent() || reader.holds(attempt, key, blob));
    }
  }

  @Override
  public boolean replace(String attempt, StoreKey key, DavState state, Blob blob)
      throws StoreException {
    return replacement.write(attempt, key, state, blob);
  }

  @Override
  public List<Multistatus.Entry> list(String attempt, Optional<StoreKey> folder)
      throws StoreException {
    return tree.list(attempt, folder).orElse(List.of());
  }

  @Override
  public void removed(String attempt, StoreKey key) throws StoreException {
    tree.removeEmptyAbove(attempt, key);
  }

  @Override
  public Claim claim(String id) {
    return new FolderClaim(new DavLockFolder(calls, reader, tree), DavLockFolder.OWN, id, life);
  }

  @Override
  public Lease.Sweep sweep() {
    return new LeaseSweep(new DavLockFolder(calls, reader, tree), life);
  }

  @Override
  public ForeignFiles foreign() {
    return new DavForeignFiles(reader, calls, this::createText);
  }

  private boolean createText(StoreKey key, String text) throws StoreException {
    Blob blob = Blob.of(text.getBytes(StandardCharsets.US_ASCII));
    return reader.look("lock " + key, key).isFree() && create("lock " + key, key, blob);
  }
}
