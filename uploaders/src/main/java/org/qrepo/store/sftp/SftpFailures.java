package org.qrepo.store.sftp;

import java.io.IOException;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;

/** Says in a store's words what the server said. */
final class SftpFailures {
  private SftpFailures() {}

  /**
   * @param attempt what was tried, as in {@code write qubes.db}
   * @param place the host and folder it was tried on
   */
  static StoreException of(String attempt, String place, IOException e) {
    if (e instanceof StoreException classified) {
      return classified;
    }
    String what = "cannot " + attempt + " (" + place + "): ";
    return e instanceof RemoteException said
        ? of(what, said)
        : new StoreException(Kind.PERMANENT, what + e.getMessage(), e);
  }

  private static StoreException of(String what, RemoteException e) {
    return switch (e.status()) {
      case ABSENT -> failure(Kind.ABSENT, what, "no such file or folder", e);
      case DENIED ->
          failure(
              Kind.DENIED,
              what,
              "permission denied; the user who publishes must own the folder or be able to write"
                  + " it",
              e);
      case REFUSED, UNSUPPORTED ->
          failure(Kind.PERMANENT, what, "the server says: " + e.getMessage(), e);
      case BROKEN -> failure(Kind.TRANSIENT, what, "the connection is gone", e);
      case SILENT -> failure(Kind.TRANSIENT, what, "the server does not answer any more", e);
      case INTERRUPTED -> failure(Kind.PERMANENT, what, "interrupted", e);
      case FULL ->
          failure(
              Kind.PERMANENT,
              what,
              "no space left on its file system; make room and run it again",
              e);
      case FAILED ->
          failure(
              Kind.PERMANENT,
              what,
              "the server only says '"
                  + e.getMessage()
                  + "': a quota, a read-only file system or something in the way",
              e);
    };
  }

  private static StoreException failure(Kind kind, String what, String why, RemoteException e) {
    return new StoreException(kind, what + why, e);
  }

  static StoreException absent(StoreKey key) {
    return new StoreException(Kind.ABSENT, "there is no " + key);
  }

  static StoreException isAFolder(StoreKey key) {
    return new StoreException(Kind.CONFLICT, key + " is a folder; move it away");
  }

  static StoreException deadLink(StoreKey key) {
    return new StoreException(
        Kind.CONFLICT, key + " is a link that leads nowhere; remove it and run it again");
  }

  static StoreException otherBytes(StoreKey key) {
    return new StoreException(
        Kind.CONFLICT, key + " exists with other bytes; what is published once never changes");
  }
}
