package org.qrepo.io;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * What a decoder reads from. It remembers whether the decoder was told of the end, and whether the
 * reading itself failed, so that a short file, a damaged file and a broken disk can be told apart.
 */
final class CompressionSource extends FilterInputStream {
  private boolean ended;
  private @Nullable IOException failure;

  CompressionSource(InputStream in) {
    super(in);
  }

  /** Whether a read found nothing more. */
  boolean ended() {
    return ended;
  }

  /** The failure of a read, if one failed. */
  @Nullable IOException failure() {
    return failure;
  }

  @Override
  public int read() throws IOException {
    try {
      int b = in.read();
      ended |= b < 0;
      return b;
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      int n = in.read(bytes, offset, length);
      ended |= n < 0;
      return n;
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public long skip(long n) throws IOException {
    try {
      return in.skip(n);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
