package org.qrepo.store.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.io.Blob;
import org.qrepo.publish.StoreKey;
import software.amazon.awssdk.http.ContentStreamProvider;

/** The bytes of one request, read as often as the client needs them: to sign and to send. */
final class Body implements ContentStreamProvider {
  private final StoreKey key;
  private final Blob blob;
  private @Nullable PromisedStream last;
  private @Nullable SourceException failure;

  Body(StoreKey key, Blob blob) {
    this.key = key;
    this.blob = blob;
  }

  @Override
  public InputStream newStream() {
    try {
      PromisedStream stream = PromisedStream.open(key, blob);
      last = stream;
      return new Watched(stream);
    } catch (SourceException e) {
      failure = e;
      throw new UncheckedIOException(e);
    }
  }

  /** What went wrong with the source, if anything did. */
  Optional<SourceException> failure() {
    return Optional.ofNullable(failure);
  }

  /** The MD5 of what was sent, once it was. */
  Optional<String> md5() {
    return Optional.ofNullable(last).map(PromisedStream::md5);
  }

  private final class Watched extends InputStream {
    private final PromisedStream stream;

    Watched(PromisedStream stream) {
      this.stream = stream;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return stream.read(buffer, offset, length);
      } catch (SourceException e) {
        failure = e;
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }
}
