package org.qrepo.store.s3;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoredObject;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The bytes of one state of an object. Where the connection ends too early it is made again, for
 * the rest of the same state.
 */
final class ResumedStream extends InputStream {
  private static final int MOST_IN_A_ROW = 3;

  private final StoredObject object;
  private final Source source;
  private @Nullable ResponseInputStream<GetObjectResponse> in;
  private long at;
  private int broken;

  /** Fetches an object from an offset on. */
  @FunctionalInterface
  interface Source {
    ResponseInputStream<GetObjectResponse> from(long offset) throws StoreException;
  }

  ResumedStream(StoredObject object, Source source) {
    this.object = object;
    this.source = source;
  }

  ResumedStream(StoredObject object, ResponseInputStream<GetObjectResponse> first, Source source) {
    this(object, source);
    this.in = first;
  }

  StoredObject object() {
    return object;
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
    int most = (int) Math.min(length, object.size() - at);
    while (most > 0) {
      try {
        return some(buffer, offset, most);
      } catch (StoreException e) {
        throw e;
      } catch (IOException e) {
        breakOff();
        broken++;
        if (broken > MOST_IN_A_ROW) {
          String text = "the connection ended at byte " + at + " of " + object.key();
          throw new StoreException(Kind.TRANSIENT, text + ": " + e.getMessage(), e);
        }
      }
    }
    return -1;
  }

  private int some(byte[] buffer, int offset, int length) throws IOException {
    ResponseInputStream<GetObjectResponse> now = in == null ? source.from(at) : in;
    in = now;
    int n = now.read(buffer, offset, length);
    if (n < 0) {
      throw new EOFException("too few bytes");
    }
    at += n;
    broken = 0;
    return n;
  }

  /** What was not read is not waited for. */
  private void breakOff() {
    if (in != null) {
      in.abort();
      in = null;
    }
  }

  @Override
  public void close() throws IOException {
    if (in != null && at == object.size()) {
      in.close();
      in = null;
    }
    breakOff();
  }
}
