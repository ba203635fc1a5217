package org.qrepo.io;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Reads zstd frames (RFC 8878) one after the other to the end of the file. Unlike zstd-jni's own
 * stream it notices a last frame that is cut short right after another one.
 */
final class CompressionZstdDecoder extends InputStream {
  /** The window that clients allow, 128 MiB: libarchive keeps the default of the zstd library. */
  private static final int WINDOW_LOG_MAX = 27;

  private static final int SOURCE_SIZE = 1 << 17;
  private static final int TARGET_SIZE = 1 << 17;
  private static final long ERROR_WINDOW_TOO_LARGE = 16;

  private final InputStream in;
  private final ZstdDecompressCtx context;
  private final byte[] chunk = new byte[SOURCE_SIZE];
  private final ByteBuffer source = ByteBuffer.allocateDirect(SOURCE_SIZE).limit(0);
  private final ByteBuffer target = ByteBuffer.allocateDirect(TARGET_SIZE).limit(0);
  private boolean betweenFrames;
  private boolean closed;

  CompressionZstdDecoder(InputStream in) throws IOException {
    this.in = in;
    this.context = CompressionZstdLibrary.decoder();
    context.setLongMax(WINDOW_LOG_MAX);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int n = read(one, 0, 1);
    return n < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    while (!target.hasRemaining()) {
      if (!decompress()) {
        return -1;
      }
    }
    int n = Math.min(length, target.remaining());
    target.get(bytes, offset, n);
    return n;
  }

  /** Refills the target, perhaps with nothing; false at the end of the last frame. */
  private boolean decompress() throws IOException {
    // A full target can leave more output inside the context, so it is asked again before reading.
    boolean drained = target.limit() < target.capacity();
    if (!source.hasRemaining() && drained && !fill()) {
      if (betweenFrames) {
        return false;
      }
      throw new EOFException();
    }
    target.clear();
    int before = source.position();
    try {
      boolean frameEnded = context.decompressDirectByteBufferStream(target, source);
      boolean moved = source.position() > before || target.position() > 0;
      betweenFrames = frameEnded || (betweenFrames && !moved);
    } catch (ZstdException e) {
      throw explain(e);
    } finally {
      target.flip();
    }
    return true;
  }

  private boolean fill() throws IOException {
    int n = in.read(chunk, 0, chunk.length);
    source.clear();
    source.put(chunk, 0, Math.max(n, 0)).flip();
    return n > 0;
  }

  private static CompressionException explain(ZstdException e) {
    if (Math.abs(e.getErrorCode()) == ERROR_WINDOW_TOO_LARGE) {
      return new CompressionException(
          CompressionException.Kind.TOO_LARGE,
          "zstd data need a window of more than 128 MiB, which clients refuse",
          e);
    }
    return new CompressionException(
        CompressionException.Kind.DAMAGED, "zstd data are damaged: " + e.getMessage(), e);
  }

  @Override
  public void close() throws IOException {
    closed = true;
    context.close();
    in.close();
  }
}
