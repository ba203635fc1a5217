package org.qrepo.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.qrepo.io.Blob;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;

/**
 * A store to which all writes together send no faster than a {@link Bandwidth}. What is sent is
 * held up as it is read from its source; bytes that a store skips, for they are there already, cost
 * nothing. Reading from the store is not limited.
 */
public final class BandwidthStore extends InterceptingStore {
  private final Bandwidth bandwidth;

  public BandwidthStore(Store inner, Bandwidth bandwidth) {
    super(inner);
    this.bandwidth = bandwidth;
  }

  @Override
  protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
    return action.run();
  }

  @Override
  protected Blob source(StoreKey key, Blob blob) {
    return new Blob.Measured(blob.size(), blob.sha256(), () -> new Limited(blob.open()));
  }

  private final class Limited extends FilterInputStream {
    Limited(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = super.read(buffer, offset, Math.min(length, bandwidth.piece()));
      if (n > 0) {
        bandwidth.take(n);
      }
      return n;
    }
  }
}
