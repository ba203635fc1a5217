package org.qrepo.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads gzip members (RFC 1952) one after the other to the end of the file. Unlike the JDK's own
 * stream it takes nothing else after the last member, and a header of any length costs no memory.
 */
final class CompressionGzipDecoder extends InputStream {
  private static final int FLAG_HEADER_CRC = 0x02;
  private static final int FLAG_EXTRA = 0x04;
  private static final int FLAG_NAME = 0x08;
  private static final int FLAG_COMMENT = 0x10;
  private static final int FLAGS_RESERVED = 0xe0;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 contentCrc = new CRC32();
  private final CRC32 headerCrc = new CRC32();
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private boolean finished;

  CompressionGzipDecoder(InputStream in) throws IOException {
    this.in = in;
    try {
      readHeader(nextByte());
    } catch (IOException e) {
      inflater.end();
      throw e;
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
    if (length == 0) {
      return 0;
    }
    while (!finished) {
      int n = inflate(bytes, offset, length);
      if (n > 0) {
        contentCrc.update(bytes, offset, n);
        return n;
      }
      if (inflater.finished()) {
        endMember();
      } else if (inflater.needsDictionary()) {
        throw damaged("it asks for a preset dictionary");
      } else if (inflater.needsInput()) {
        feed();
      }
    }
    return -1;
  }

  private int inflate(byte[] bytes, int offset, int length) throws IOException {
    try {
      return inflater.inflate(bytes, offset, length);
    } catch (DataFormatException e) {
      throw new CompressionException(
          CompressionException.Kind.DAMAGED, "gzip data are damaged: " + e.getMessage(), e);
    }
  }

  private void feed() throws IOException {
    if (position == limit && !fill()) {
      throw new EOFException();
    }
    inflater.setInput(buffer, position, limit - position);
    position = limit;
  }

  /** Checks the trailer and begins the next member, if there is one. */
  private void endMember() throws IOException {
    position = limit - inflater.getRemaining();
    if (nextInt() != (int) contentCrc.getValue()) {
      throw damaged("checksum does not match");
    }
    if (nextInt() != (int) inflater.getBytesWritten()) {
      throw damaged("length does not match");
    }
    if (position == limit && !fill()) {
      finished = true;
      return;
    }
    inflater.reset();
    contentCrc.reset();
    readHeader(nextByte());
  }

  private void readHeader(int first) throws IOException {
    headerCrc.reset();
    headerCrc.update(first);
    if (first != 0x1f || nextHeaderByte() != 0x8b) {
      throw damaged("something else follows where a member should begin");
    }
    if (nextHeaderByte() != 8) {
      throw damaged("unknown method");
    }
    int flags = nextHeaderByte();
    if ((flags & FLAGS_RESERVED) != 0) {
      throw damaged("unknown flags");
    }
    skipHeader(6);
    if ((flags & FLAG_EXTRA) != 0) {
      skipHeader(nextHeaderByte() | nextHeaderByte() << 8);
    }
    if ((flags & FLAG_NAME) != 0) {
      skipHeaderText();
    }
    if ((flags & FLAG_COMMENT) != 0) {
      skipHeaderText();
    }
    if ((flags & FLAG_HEADER_CRC) != 0) {
      int expected = (int) headerCrc.getValue() & 0xffff;
      if ((nextByte() | nextByte() << 8) != expected) {
        throw damaged("checksum of a header does not match");
      }
    }
  }

  private void skipHeader(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      nextHeaderByte();
    }
  }

  private void skipHeaderText() throws IOException {
    int b = nextHeaderByte();
    while (b != 0) {
      b = nextHeaderByte();
    }
  }

  private int nextHeaderByte() throws IOException {
    int b = nextByte();
    headerCrc.update(b);
    return b;
  }

  private int nextInt() throws IOException {
    return nextByte() | nextByte() << 8 | nextByte() << 16 | nextByte() << 24;
  }

  private int nextByte() throws IOException {
    if (position == limit && !fill()) {
      throw new EOFException();
    }
    return buffer[position++] & 0xff;
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(in.read(buffer, 0, buffer.length), 0);
    return limit > 0;
  }

  private static CompressionException damaged(String how) {
    return new CompressionException(
        CompressionException.Kind.DAMAGED, "gzip data are damaged: " + how);
  }

  @Override
  public void close() throws IOException {
    finished = true;
    inflater.end();
    in.close();
  }
}
