package org.qrepo.store.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.io.Blob;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.PromisedStream;
import org.qrepo.store.SourceException;
import software.amazon.awssdk.http.ContentStreamProvider;

/** The bytes of one request, read as often as the client needs them: to sign and to send. */
final class Body implements ContentStreamProvider {
  private final StoreKey key;
  private final Blob blob;
  private @Nullable MessageDigest last;
  private @Nullable SourceException failure;

  Body(StoreKey key, Blob blob) {
    this.key = key;
    this.blob = blob;
  }

  @Override
  public InputStream newStream() {
    try {
      PromisedStream stream = PromisedStream.open(key, blob);
      MessageDigest md5 = Hash.md5();
      last = md5;
      return new Watched(stream, md5);
    } catch (SourceException e) {
      failure = e;
      throw new UncheckedIOException(e);
    }
  }

  /** What went wrong with the source, if anything did. */
  Optional<SourceException> failure() {
    return Optional.ofNullable(failure);
  }

  /** The MD5 of what was sent, once it was; asked for once. */
  Optional<String> md5() {
    return Optional.ofNullable(last).map(md5 -> HexFormat.of().formatHex(md5.digest()));
  }

  private final class Watched extends InputStream {
    private final PromisedStream stream;
    private final MessageDigest md5;

    Watched(PromisedStream stream, MessageDigest md5) {
      this.stream = stream;
      this.md5 = md5;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        int n = stream.read(buffer, offset, length);
        if (n > 0) {
          md5.update(buffer, offset, n);
        }
        return n;
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
