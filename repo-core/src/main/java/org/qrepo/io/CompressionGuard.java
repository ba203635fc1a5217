package org.qrepo.io;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.MemoryLimitException;

/**
 * A decoder whose every failure is either a {@link CompressionException} or the failure of its
 * source. Once it has failed it goes on failing.
 */
final class CompressionGuard extends FilterInputStream {
  private final Compression compression;
  private final CompressionSource source;
  private @Nullable IOException failure;

  private CompressionGuard(Compression compression, CompressionSource source, InputStream decoder) {
    super(decoder);
    this.compression = compression;
    this.source = source;
  }

  /** Makes a decoder. */
  @FunctionalInterface
  interface Opener {
    InputStream open() throws IOException;
  }

  static InputStream open(Compression compression, CompressionSource source, Opener opener)
      throws IOException {
    try {
      return new CompressionGuard(compression, source, opener.open());
    } catch (IOException | RuntimeException e) {
      throw explain(compression, source, e);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int n = read(one, 0, 1);
    return n < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (failure != null) {
      throw failure;
    }
    if (length == 0) {
      return 0;
    }
    try {
      return in.read(bytes, offset, length);
    } catch (IOException | RuntimeException e) {
      IOException explained = explain(compression, source, e);
      failure = explained;
      throw explained;
    }
  }

  @Override
  public long skip(long n) throws IOException {
    byte[] buffer = new byte[(int) Math.min(Math.max(n, 1), 1 << 16)];
    long skipped = 0;
    while (skipped < n) {
      int count = read(buffer, 0, (int) Math.min(buffer.length, n - skipped));
      if (count < 0) {
        break;
      }
      skipped += count;
    }
    return skipped;
  }

  @Override
  public int available() {
    return 0;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private static IOException explain(
      Compression compression, CompressionSource source, Exception e) {
    IOException broken = source.failure();
    if (broken != null) {
      return broken;
    }
    if (e instanceof CompressionException known) {
      return known;
    }
    if (e instanceof CompressionZstdLibrary.MissingException missing) {
      return missing;
    }
    String name = compression.name().toLowerCase(Locale.ROOT);
    if (e instanceof MemoryLimitException limit) {
      return new CompressionException(
          CompressionException.Kind.TOO_LARGE,
          name + " data need " + limit.getMemoryNeeded() / 1024 + " MiB of memory to unpack",
          e);
    }
    if (e instanceof EOFException || source.ended()) {
      return new CompressionException(
          CompressionException.Kind.TRUNCATED, name + " data end too early", e);
    }
    return new CompressionException(
        CompressionException.Kind.DAMAGED, name + " data are damaged: " + e.getMessage(), e);
  }
}
