package org.qrepo.it;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.qrepo.io.Blob;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.InterceptingStore;
import org.qrepo.store.StoreCall;

/** A store at one call of which the process gets a {@link CallSignal}. */
final class SignalledStore extends InterceptingStore {
  private final CallSignal signal;
  private final ThreadLocal<Integer> number = ThreadLocal.withInitial(() -> 0);

  /**
   * @param signal counts the calls of all stores of the process
   */
  SignalledStore(Store inner, CallSignal signal) {
    super(inner);
    this.signal = signal;
  }

  @Override
  protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
    int mine = signal.begins(call);
    number.set(mine);
    signal.at(mine, CallSignal.Moment.BEFORE);
    try {
      return action.run();
    } finally {
      signal.at(mine, CallSignal.Moment.AFTER);
    }
  }

  /** The same bytes, with a break in the middle. */
  @Override
  protected Blob source(StoreKey key, Blob blob) {
    return new Blob.Measured(
        blob.size(), blob.sha256(), () -> new Halved(blob.open(), Math.max(1, blob.size() / 2)));
  }

  /** Gives one half of the bytes, then the signal its chance, then the other half. */
  private final class Halved extends FilterInputStream {
    private long left;

    Halved(InputStream whole, long half) {
      super(whole);
      this.left = half;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        signal.at(number.get(), CallSignal.Moment.HALFWAY);
        return in.read(buffer, offset, length);
      }
      int n = in.read(buffer, offset, (int) Math.min(length, left));
      left -= Math.max(0, n);
      return n;
    }
  }
}
