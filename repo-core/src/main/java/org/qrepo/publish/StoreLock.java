package org.qrepo.publish;

/** A held lock on a repository directory; closing gives it up. */
public interface StoreLock extends AutoCloseable {
  /**
   * Makes sure that the lock is still held; called before each write that clients see.
   *
   * @throws StoreException of kind CONFLICT if it was lost or given up
   */
  void confirm() throws StoreException;

  /**
   * Gives the lock up; once it is given up, another time does nothing. After a failure another time
   * may try what is left to do.
   */
  @Override
  void close() throws StoreException;
}
