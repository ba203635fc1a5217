package org.qrepo.alpm;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.qrepo.io.Digests;

/** Counts and hashes all bytes that are read through it. */
final class HashedInput extends FilterInputStream {
  private final Digests digests;
  private long count;

  HashedInput(InputStream in, Digests digests) {
    super(in);
    this.digests = digests;
  }

  /** Bytes read so far. */
  long count() {
    return count;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int n = read(one, 0, 1);
    return n < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = in.read(bytes, offset, length);
    if (n > 0) {
      digests.update(bytes, offset, n);
      count += n;
    }
    return n;
  }

  @Override
  public long skip(long n) {
    throw new UnsupportedOperationException("every byte is to be hashed");
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
