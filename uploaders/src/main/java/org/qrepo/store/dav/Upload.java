package org.qrepo.store.dav;

import java.io.Closeable;
import java.util.Map;
import java.util.Optional;
import org.qrepo.io.Blob;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.lease.Lease;

/** A file on its way: under a hidden name until it is whole and checked. */
final class Upload implements Closeable {
  /** Without a dot: nginx does not list names that have one in front. */
  static final String PREFIX = "new-";

  private final Calls calls;
  private final Tree tree;
  private final String attempt;
  private final StoreKey at;
  private boolean moved;

  private Upload(Calls calls, Tree tree, String attempt) {
    this.calls = calls;
    this.tree = tree;
    this.attempt = attempt;
    this.at = Tree.UNFINISHED.child(PREFIX + Lease.newId());
  }

  /** Sends a file. */
  static Upload send(Calls calls, Reader reader, Tree tree, String attempt, StoreKey key, Blob blob)
      throws StoreException {
    Upload upload = new Upload(calls, tree, attempt);
    try {
      Answer answer =
          tree.in(
              attempt,
              Optional.of(Tree.UNFINISHED),
              () -> Written.send(calls, attempt, upload.at, key, Map.of(), blob));
      if (!answer.isDone()) {
        throw calls.refused(attempt, answer);
      }
      Written.check(reader, attempt, upload.at, key, blob);
      return upload;
    } catch (StoreException | RuntimeException e) {
      upload.discard(e);
      throw e;
    }
  }

  /** Its hidden name. */
  StoreKey at() {
    return at;
  }

  /** Gives it its name, if that is free. */
  Answer moveTo(StoreKey key) throws StoreException {
    Answer answer = tree.in(attempt, Tree.parent(key), () -> tree.move(attempt, at, key));
    moved = answer.isDone();
    return answer;
  }

  @Override
  public void close() throws StoreException {
    if (moved || calls.isClosed()) {
      return;
    }
    boolean interrupted = Thread.interrupted();
    try {
      tree.remove(attempt, at);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void discard(Exception reason) {
    try {
      close();
    } catch (StoreException e) {
      reason.addSuppressed(e);
    }
  }
}
