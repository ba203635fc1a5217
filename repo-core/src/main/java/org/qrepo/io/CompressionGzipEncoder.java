package org.qrepo.io;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** Writes one gzip member with the header that {@code gzip -n} writes: no name, no time, Unix. */
final class CompressionGzipEncoder extends DeflaterOutputStream {
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
  private static final int LEVEL = 6;

  private final CRC32 crc = new CRC32();
  private boolean closed;

  CompressionGzipEncoder(OutputStream out) throws IOException {
    super(out, new Deflater(LEVEL, true), 1 << 16);
    out.write(HEADER);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    super.write(bytes, offset, length);
    crc.update(bytes, offset, length);
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (OutputStream target = out) {
      finish();
      writeInt(target, (int) crc.getValue());
      writeInt(target, (int) def.getBytesRead());
    } finally {
      def.end();
    }
  }

  private static void writeInt(OutputStream out, int value) throws IOException {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      out.write(value >>> shift);
    }
  }
}
