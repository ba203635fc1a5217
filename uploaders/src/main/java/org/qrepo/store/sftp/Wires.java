package org.qrepo.store.sftp;

import java.io.IOException;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;

/** Runs work on a wire of the pool, and says in a store's words how it failed. */
final class Wires {
  private final WirePool pool;
  private final RemoteTree tree;
  private final String location;

  Wires(WirePool pool, RemoteTree tree, String location) {
    this.pool = pool;
    this.tree = tree;
    this.location = location;
  }

  /** Work on files, over a wire. */
  @FunctionalInterface
  interface Work<T> {
    T on(Wire wire, RemoteFiles files) throws IOException;
  }

  WirePool pool() {
    return pool;
  }

  /**
   * @param attempt what is tried, as in {@code write qubes.db}
   */
  <T> T run(String attempt, Work<T> work) throws StoreException {
    if (pool.isClosed()) {
      throw new StoreException(Kind.PERMANENT, "cannot " + attempt + ": the store is closed");
    }
    try {
      Wire wire = pool.take();
      try {
        return work.on(wire, new RemoteFiles(wire));
      } finally {
        pool.give(wire);
      }
    } catch (IOException e) {
      throw explain(attempt, e);
    }
  }

  StoreException explain(String attempt, IOException e) {
    return SftpFailures.of(attempt, location, pool.explain(e, tree));
  }
}
