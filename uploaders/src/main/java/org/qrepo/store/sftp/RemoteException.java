package org.qrepo.store.sftp;

import java.io.IOException;

/** What a server said to a request, or that it says nothing more. */
final class RemoteException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The answers that are told apart. */
  enum Status {
    ABSENT,
    DENIED,
    /** Whatever has no status of its own: in the way, not empty, no space, over quota. */
    FAILED,
    /** As before, and its file system is known to have no space. */
    FULL,
    /** A name or request that it does not take. */
    REFUSED,
    UNSUPPORTED,
    /** No answer: the connection is gone. */
    BROKEN,
    /** No answer in time. */
    SILENT,
    /** This thread was interrupted. */
    INTERRUPTED
  }

  private final Status status;

  RemoteException(Status status, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  Status status() {
    return status;
  }
}
