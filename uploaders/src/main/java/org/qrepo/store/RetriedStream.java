package org.qrepo.store;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.qrepo.publish.Store.Opened;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoredObject;

/**
 * The bytes of one state of an object. Where reading breaks off for a reason that may pass, the
 * object is opened again, and reading goes on behind the last byte if it is still in that state.
 */
final class RetriedStream extends InputStream {
  private final StoredObject object;
  private final Source source;
  private final Retries.Series series;
  private @Nullable InputStream in;
  private long at;
  private boolean closed;

  /** Opens the object once more. */
  @FunctionalInterface
  interface Source {
    Opened open() throws StoreException;
  }

  RetriedStream(Opened opened, Source source, Retries retries) {
    this.object = opened.object();
    this.in = opened.stream();
    this.source = source;
    this.series = retries.begin();
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
    while (true) {
      try {
        int n = current().read(buffer, offset, length);
        if (n >= 0) {
          at += n;
          series.succeeded();
        } else if (at < object.size()) {
          throw endedEarly();
        }
        return n;
      } catch (StoreException e) {
        drop(e);
        series.awaitNext(e);
      }
    }
  }

  private InputStream current() throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
    InputStream stream = in;
    if (stream == null) {
      stream = reopened();
      in = stream;
    }
    return stream;
  }

  private InputStream reopened() throws IOException {
    Opened again = source.open();
    try {
      if (!again.object().tag().equals(object.tag())) {
        throw new StoreException(
            Kind.CONFLICT, object.key() + " was changed while it was read; run it again");
      }
      for (long left = at; left > 0; ) {
        long skipped = again.stream().skip(left);
        if (skipped <= 0) {
          throw endedEarly();
        }
        left -= skipped;
      }
      return again.stream();
    } catch (IOException | RuntimeException e) {
      try (again) {
        throw e;
      }
    }
  }

  private StoreException endedEarly() {
    return new StoreException(
        Kind.TRANSIENT,
        "of " + object.key() + " only " + at + " bytes of " + object.size() + " came");
  }

  private void drop(StoreException reason) {
    InputStream stream = in;
    in = null;
    if (stream != null) {
      try {
        stream.close();
      } catch (IOException e) {
        reason.addSuppressed(e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    InputStream stream = in;
    in = null;
    if (stream != null) {
      stream.close();
    }
  }
}
