package org.qrepo.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.NullMarked;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/** Bytes for tests of stores: good ones, and such that break their promise. */
@NullMarked
public final class Blobs {
  private Blobs() {}

  public static Blob text(String text) {
    return Blob.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes that no compression makes small. */
  public static Blob random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return Blob.of(bytes);
  }

  /** A big object that is never in memory as a whole. */
  public static Blob generated(long size, int seed) throws IOException {
    try (InputStream in = new Generated(size, seed)) {
      Sha256 digest = Digests.of(in, Set.of()).sha256();
      return new Blob.Measured(size, digest, () -> new Generated(size, seed));
    }
  }

  /** Promises one text and gives another. */
  public static Blob changed(String promised, String given) {
    Blob promise = text(promised);
    return new Blob.Measured(promise.size(), promise.sha256(), text(given)::open);
  }

  /** Fails after some bytes. */
  public static Blob breaking(Blob blob, int after) {
    return new Blob.Measured(
        blob.size(), blob.sha256(), () -> new Breaking(blob.open().readNBytes(after)));
  }

  /** Counts how often it is opened. */
  public static Blob counted(Blob blob, AtomicLong opened) {
    return new Blob.Measured(
        blob.size(),
        blob.sha256(),
        () -> {
          opened.incrementAndGet();
          return blob.open();
        });
  }

  /** Promises few bytes and never ends; {@code read} counts what was taken. */
  public static Blob endless(AtomicLong read) {
    Blob promise = text("short");
    return new Blob.Measured(
        promise.size(), promise.sha256(), () -> new CountedStream(read, Long.MAX_VALUE));
  }

  private static final class CountedStream extends FilterInputStream {
    private final AtomicLong read;

    CountedStream(AtomicLong read, long size) {
      super(new Generated(size, 0));
      this.read = read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = super.read(buffer, offset, length);
      read.addAndGet(n);
      return n;
    }
  }

  private static final class Generated extends InputStream {
    private final byte[] block = new byte[1 << 13];
    private long left;
    private int at;

    Generated(long size, int seed) {
      new Random(seed).nextBytes(block);
      this.left = size;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      if (left == 0) {
        return -1;
      }
      int n = (int) Math.min(left, Math.min(length, block.length - at));
      System.arraycopy(block, at, buffer, offset, n);
      at = (at + n) % block.length;
      left -= n;
      return n;
    }
  }

  private static final class Breaking extends InputStream {
    private final byte[] bytes;
    private int at;

    Breaking(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
      if (at == bytes.length) {
        throw new IOException("the disk of the source broke");
      }
      return bytes[at++] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int first = read();
      buffer[offset] = (byte) first;
      return 1;
    }
  }
}
