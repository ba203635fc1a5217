package org.qrepo.store.local;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.qrepo.io.Blob;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;

/** A blob being read, whose failures are told apart from those of the store. */
final class Source implements Closeable {
  private final StoreKey key;
  private final InputStream in;

  Source(StoreKey key, Blob blob) throws StoreException {
    this.key = key;
    try {
      this.in = blob.open();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** As {@link InputStream#read(byte[])}. */
  int read(byte[] buffer) throws StoreException {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public void close() throws StoreException {
    try {
      in.close();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private StoreException unreadable(IOException e) {
    return new StoreException(
        Kind.PERMANENT, "the source of " + key + " cannot be read: " + e.getMessage(), e);
  }
}
