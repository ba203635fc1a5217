package org.qrepo.store.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.qrepo.publish.StoreException;

/**
 * The folder of locks on a server, and what can be done in it. Paths are relative to it: {@code
 * sftp} or {@code sftp/ID.1}.
 */
public interface LockFolder {
  /** Where it is, for messages. */
  String place();

  /** False once the store is closed. */
  boolean isOpen();

  /** Makes a folder, which only one can; false if it is there, or the server cannot tell. */
  boolean make(String folder) throws StoreException;

  /** When something in a folder last changed, by the server's clock; empty if there is none. */
  Optional<Instant> changed(String folder) throws StoreException;

  /** The names in a folder; empty if there is none. */
  Optional<List<String>> names(String folder) throws StoreException;

  /** Writes a small file; false if its folder is gone. */
  boolean write(String path, String text) throws StoreException;

  /**
   * Gives a file or folder another name, which is free, in one step; false if it is not there. A
   * folder's time changes with the names in it.
   */
  boolean rename(String from, String to) throws StoreException;

  /** Whether something has the name. */
  boolean isHeld(String path) throws StoreException;

  /** Removes a file; nothing there is no error. */
  void remove(String path) throws StoreException;

  /** Removes a folder of files that nobody else writes to. */
  void drop(String folder) throws StoreException;

  /** The server's time; asked for by a write, so not at every look. */
  Instant now() throws StoreException;

  /**
   * What lies in the folder of locks itself.
   *
   * @param life of a lock
   */
  List<Left> locks(Duration life) throws StoreException;

  /** Files of publishers that are unfinished, of the living and the dead. */
  List<Left> unfinished() throws StoreException;

  void removeUnfinished(String name) throws StoreException;

  /** The lock was given up: removes what is empty now and is not needed. */
  void tidy() throws StoreException;

  /**
   * What somebody may have left.
   *
   * @param kept for how long after its last change it is taken for somebody's who lives
   */
  record Left(String name, Instant changed, Duration kept) {
    boolean isAbandoned(Instant now) {
      return changed.isBefore(now.minus(kept));
    }
  }
}
