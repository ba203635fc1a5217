package org.qrepo.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.qrepo.io.Blob;
import org.qrepo.publish.Event;
import org.qrepo.publish.Events;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;

/** A store that tells how far each of its writes is, as {@link Event.Sending}. */
public final class MeteredStore extends InterceptingStore {
  private final Events events;

  public MeteredStore(Store inner, Events events) {
    super(inner);
    this.events = events;
  }

  @Override
  protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
    return action.run();
  }

  @Override
  protected Blob source(StoreKey key, Blob blob) {
    return new Blob.Measured(
        blob.size(), blob.sha256(), () -> new Metered(blob.open(), key, blob.size()));
  }

  private final class Metered extends FilterInputStream {
    private final StoreKey key;
    private final long size;
    private long at;

    Metered(InputStream in, StoreKey key, long size) {
      super(in);
      this.key = key;
      this.size = size;
      tell(0);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = super.read(buffer, offset, length);
      if (n > 0) {
        tell(n);
      }
      return n;
    }

    @Override
    public long skip(long n) throws IOException {
      long skipped = super.skip(n);
      tell(skipped);
      return skipped;
    }

    private void tell(long more) {
      at += more;
      events.on(new Event.Sending(key, at, size));
    }
  }
}
