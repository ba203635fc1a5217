package org.qrepo.publish;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/**
 * The beginning of a stream whose length a stranger chooses. Its limit is one byte above what is
 * expected: then a longer stream has a digest that no expected one has, and costs no more to read.
 */
final class BoundedStream extends FilterInputStream {
  private long left;

  private BoundedStream(InputStream in, long limit) {
    super(in);
    this.left = limit;
  }

  /** A stream that ends one byte above {@code expected} bytes. */
  static InputStream over(InputStream in, long expected) {
    return new BoundedStream(in, expected + 1);
  }

  /**
   * Whether an object in a store has these bytes; false if it is not there.
   *
   * @param size of the bytes that are expected
   */
  static boolean holds(Store store, StoreKey key, long size, Sha256 digest) throws IOException {
    try (Store.Opened opened = store.open(key)) {
      return opened.object().size() == size
          && Digests.of(over(opened.stream(), size), Set.of()).sha256().equals(digest);
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.ABSENT) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public int read() throws IOException {
    if (left <= 0) {
      return -1;
    }
    int b = super.read();
    left -= b < 0 ? 0 : 1;
    return b;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (left <= 0) {
      return length == 0 ? 0 : -1;
    }
    int n = super.read(bytes, offset, (int) Math.min(length, left));
    left -= Math.max(n, 0);
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    long skipped = super.skip(Math.min(n, left));
    left -= skipped;
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
