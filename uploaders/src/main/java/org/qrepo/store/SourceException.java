package org.qrepo.store;

import java.io.IOException;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;

/** What was to be sent cannot be read, or is not what was promised: no fault of the server. */
public final class SourceException extends IOException {
  private static final long serialVersionUID = 1L;

  private SourceException(String message, IOException cause) {
    super(message, cause);
  }

  private SourceException(String message) {
    super(message);
  }

  public static SourceException unreadable(StoreKey key, IOException e) {
    return new SourceException("the source of " + key + " cannot be read: " + e.getMessage(), e);
  }

  public static SourceException changed(StoreKey key) {
    return new SourceException(
        "the source of "
            + key
            + " has not the bytes that were measured: it changed after it was read; run it again");
  }

  public StoreException asStoreException() {
    return new StoreException(Kind.PERMANENT, String.valueOf(getMessage()), this);
  }
}
