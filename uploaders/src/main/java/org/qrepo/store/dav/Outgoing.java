package org.qrepo.store.dav;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.qrepo.io.Blob;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.PromisedStream;
import org.qrepo.store.SourceException;

/** A blob on its way: how much of it was handed over, and what went wrong with its source. */
final class Outgoing {
  private final StoreKey key;
  private final Blob blob;
  private final AtomicLong count = new AtomicLong();
  private volatile @Nullable SourceException failure;

  Outgoing(StoreKey key, Blob blob) {
    this.key = key;
    this.blob = blob;
  }

  /**
   * Its length is told, and its last bytes come only when all are what was promised, so that a
   * server never takes what is not.
   *
   * @throws SourceException if it cannot be opened
   */
  BodyPublisher publisher() throws SourceException {
    InputStream source = PromisedStream.open(key, blob);
    if (blob.size() == 0) {
      return BodyPublishers.noBody();
    }
    return BodyPublishers.fromPublisher(
        BodyPublishers.ofInputStream(() -> new Counted(source)), blob.size());
  }

  /** How many bytes were handed to the network so far. */
  long count() {
    return count.get();
  }

  Optional<SourceException> failure() {
    return Optional.ofNullable(failure);
  }

  private final class Counted extends InputStream {
    private final InputStream source;

    Counted(InputStream source) {
      this.source = source;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        int n = source.read(buffer, offset, length);
        count.addAndGet(Math.max(0, n));
        return n;
      } catch (SourceException e) {
        failure = e;
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      source.close();
    }
  }
}
