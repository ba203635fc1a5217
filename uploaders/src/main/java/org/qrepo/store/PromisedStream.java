package org.qrepo.store;

import java.io.IOException;
import java.io.InputStream;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.publish.StoreKey;

/**
 * A blob being sent. Its last bytes are held back until size and digest are what was promised, so
 * that a server never has the whole of an object that must not be.
 */
public final class PromisedStream extends InputStream {
  private final StoreKey key;
  private final Blob blob;
  private final InputStream in;
  private final Digests digests = new Digests();
  private long count;

  private PromisedStream(StoreKey key, Blob blob, InputStream in) {
    this.key = key;
    this.blob = blob;
    this.in = in;
  }

  /**
   * Opens a blob.
   *
   * @throws SourceException if the blob cannot be opened, or is empty and should be, but has bytes
   */
  public static PromisedStream open(StoreKey key, Blob blob) throws SourceException {
    try {
      PromisedStream stream = new PromisedStream(key, blob, blob.open());
      if (blob.size() == 0) {
        stream.requirePromised();
      }
      return stream;
    } catch (SourceException e) {
      throw e;
    } catch (IOException e) {
      throw SourceException.unreadable(key, e);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (count == blob.size()) {
      return -1;
    }
    int most = (int) Math.min(length, blob.size() - count);
    int n = readSource(buffer, offset, most);
    if (n < 0) {
      throw SourceException.changed(key);
    }
    digests.update(buffer, offset, n);
    count += n;
    if (count == blob.size()) {
      requirePromised();
    }
    return n;
  }

  private void requirePromised() throws SourceException {
    boolean more = readSource(new byte[1], 0, 1) > 0;
    if (more || !digests.sha256().equals(blob.sha256())) {
      throw SourceException.changed(key);
    }
  }

  private int readSource(byte[] buffer, int offset, int length) throws SourceException {
    try {
      return in.read(buffer, offset, length);
    } catch (IOException e) {
      throw SourceException.unreadable(key, e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
