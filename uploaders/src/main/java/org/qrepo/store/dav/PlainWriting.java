package org.qrepo.store.dav;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.io.Blob;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.lease.Claim;
import org.qrepo.store.lease.ForeignFiles;
import org.qrepo.store.lease.Lease;

/**
 * A server that takes {@code PUT} and no more: files are written under their names at once, folders
 * are the server's affair, and what lies in them is not told.
 */
final class PlainWriting implements Writing {
  private final Calls calls;
  private final Reader reader;
  private final DavSettings.Limits limits;
  private final Replacement replacement;

  PlainWriting(Calls calls, Reader reader, DavSettings.Limits limits) {
    this.calls = calls;
    this.reader = reader;
    this.limits = limits;
    this.replacement = new Replacement(calls, reader, false);
  }

  @Override
  public boolean create(String attempt, StoreKey key, Blob blob) throws StoreException {
    requireFree(attempt, key);
    Answer answer = Written.send(calls, attempt, key, key, Map.of("If-None-Match", "*"), blob);
    if (answer.status() == 412) {
      return false;
    }
    if (!answer.isDone()) {
      throw answer.isOfFolder() ? DavFailures.isAFolder(key) : calls.refused(attempt, answer);
    }
    Written.check(reader, attempt, key, key, blob);
    return true;
  }

  @Override
  public boolean replace(String attempt, StoreKey key, DavState state, Blob blob)
      throws StoreException {
    return replacement.write(attempt, key, state, blob);
  }

  @Override
  public List<Multistatus.Entry> list(String attempt, Optional<StoreKey> folder)
      throws StoreException {
    throw DavFailures.noLists(calls.address());
  }

  /** Whether a folder is empty cannot be known: it stays. */
  @Override
  public void removed(String attempt, StoreKey key) {}

  @Override
  public Claim claim(String id) {
    return new MarkerClaim(calls, reader, limits, id);
  }

  @Override
  public Lease.Sweep sweep() {
    return () -> {};
  }

  @Override
  public ForeignFiles foreign() {
    return new DavForeignFiles(reader, calls, this::createText);
  }

  private boolean createText(StoreKey key, String text) throws StoreException {
    Blob blob = Blob.of(text.getBytes(StandardCharsets.US_ASCII));
    return reader.look("lock " + key, key).isFree() && create("lock " + key, key, blob);
  }

  /** Servers differ much in what they say when a file is where a folder should be. */
  private void requireFree(String attempt, StoreKey key) throws StoreException {
    for (Optional<StoreKey> up = Tree.parent(key); up.isPresent(); up = Tree.parent(up.get())) {
      if (reader.look(attempt, up.get()).head().isPresent()) {
        throw DavFailures.isAnObject(up.get());
      }
    }
  }
}
