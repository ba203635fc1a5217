package org.qrepo.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The fields of a header block, each with its place and length in bytes. The oldest form ends with
 * {@link #LINKNAME}; GNU's has other things in the place of {@link #PREFIX}. Source: POSIX.1-2017
 * pax, "ustar Interchange Format"; tar(5) for the forms before it.
 */
enum HeaderField {
  NAME(0, 100),
  MODE(100, 8),
  UID(108, 8),
  GID(116, 8),
  SIZE(124, 12),
  MTIME(136, 12),
  CHECKSUM(148, 8),
  TYPEFLAG(156, 1),
  LINKNAME(157, 100),
  MAGIC(257, 6),
  VERSION(263, 2),
  UNAME(265, 32),
  GNAME(297, 32),
  DEVMAJOR(329, 8),
  DEVMINOR(337, 8),
  PREFIX(345, 155);

  private final int offset;
  private final int length;

  HeaderField(int offset, int length) {
    this.offset = offset;
    this.length = length;
  }

  int offset() {
    return offset;
  }

  int length() {
    return length;
  }

  /** The first place behind the field. */
  int end() {
    return offset + length;
  }

  /** The bytes before the first zero; a text may fill its field without one. */
  byte[] text(byte[] block) {
    int end = offset;
    while (end < end() && block[end] != 0) {
      end++;
    }
    return Arrays.copyOfRange(block, offset, end);
  }

  boolean startsWith(byte[] block, String ascii) {
    return ascii.equals(new String(block, offset, ascii.length(), ISO_8859_1));
  }

  /**
   * A number of at least 0: octal digits between blanks, or blanks and zero bytes behind them; no
   * digit at all is 0. For larger ones GNU sets the first bit and writes the number to base 256,
   * most significant byte first.
   */
  long number(byte[] block) throws TarException {
    return (block[offset] & 0x80) != 0 ? binary(block) : octal(block);
  }

  private long octal(byte[] block) throws TarException {
    int position = offset;
    while (position < end() && block[position] == ' ') {
      position++;
    }
    long value = 0;
    while (position < end() && block[position] >= '0' && block[position] <= '7') {
      value = value << 3 | (block[position++] - '0');
    }
    while (position < end() && (block[position] == ' ' || block[position] == 0)) {
      position++;
    }
    if (position < end()) {
      throw new TarException(
          TarException.Kind.NUMBER, "a number in a member's header is not octal");
    }
    return value;
  }

  private long binary(byte[] block) throws TarException {
    long value = block[offset] & 0x7f;
    for (int i = offset + 1; i < end(); i++) {
      if (value >= 1L << (Long.SIZE - 1 - Byte.SIZE)) {
        throw new TarException(
            TarException.Kind.NUMBER, "a number in a member's header is negative or too large");
      }
      value = value << Byte.SIZE | (block[i] & 0xff);
    }
    return value;
  }

  void put(byte[] block, String ascii) {
    byte[] bytes = ascii.getBytes(ISO_8859_1);
    if (bytes.length > length) {
      throw new IllegalArgumentException(this + " does not hold '" + ascii + "'");
    }
    ByteBuffer.wrap(block).put(offset, bytes);
  }

  /** Fills the field with digits but for a last zero byte. */
  void putOctal(byte[] block, long value) {
    String digits = Long.toOctalString(value);
    put(block, "0".repeat(Math.max(0, length - 1 - digits.length())) + digits + '\0');
  }
}
