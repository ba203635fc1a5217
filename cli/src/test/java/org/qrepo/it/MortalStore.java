package org.qrepo.it;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.qrepo.io.Blob;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Tag;
import org.qrepo.store.InterceptingStore;
import org.qrepo.store.StoreCall;

/** A store at one call of which the process dies, by a signal that no program can handle. */
final class MortalStore extends InterceptingStore {
  private final Death death;
  private final ThreadLocal<Integer> number = ThreadLocal.withInitial(() -> 0);

  /**
   * @param death that of the process, whose stores all count together
   */
  MortalStore(Store inner, Death death) {
    super(inner);
    this.death = death;
  }

  @Override
  protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
    int mine = death.begins(call);
    number.set(mine);
    death.at(mine, Death.Moment.BEFORE);
    T result = action.run();
    death.at(mine, Death.Moment.AFTER);
    return result;
  }

  @Override
  public void putOnce(StoreKey key, Blob blob) throws StoreException {
    super.putOnce(key, interrupted(blob));
  }

  @Override
  public Tag swap(StoreKey key, Tag expected, Blob blob) throws StoreException {
    return super.swap(key, expected, interrupted(blob));
  }

  /** The same bytes; if the process is to die in the midst of this call, no more than half. */
  private Blob interrupted(Blob blob) {
    return new Blob.Measured(
        blob.size(), blob.sha256(), () -> new Halved(blob.open(), Math.max(1, blob.size() / 2)));
  }

  /** Gives one half of the bytes and then, in one call of the process, death, or the other half. */
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
        death.at(number.get(), Death.Moment.HALFWAY);
        return in.read(buffer, offset, length);
      }
      int n = in.read(buffer, offset, (int) Math.min(length, left));
      left -= Math.max(0, n);
      return n;
    }
  }
}
