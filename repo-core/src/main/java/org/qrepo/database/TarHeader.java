package org.qrepo.database;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.OptionalLong;

/**
 * One 512-byte header block of a tar archive: the fields that matter here, at their places in
 * ustar, the older Unix form and GNU's (POSIX.1-2017 pax, "ustar Interchange Format").
 *
 * <p>Text is held as ISO 8859-1, one character for each byte.
 */
final class TarHeader {
  static final int BLOCK = 512;
  static final int RECORD = 10240;

  private static final int SIZE = 124;
  private static final int CHECKSUM = 148;
  private static final int TYPE = 156;
  private static final int MAGIC = 257;
  private static final int PREFIX = 345;

  private final byte[] block;

  TarHeader(byte[] block) {
    this.block = block;
  }

  boolean isEnd() {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether the block's checksum is that of its bytes, its own field counted as blanks. */
  boolean isGenuine() {
    OptionalLong stored = number(CHECKSUM, 8);
    int sum = 8 * ' ';
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= CHECKSUM && i < CHECKSUM + 8 ? 0 : block[i] & 0xff;
    }
    return stored.isPresent() && stored.getAsLong() == sum;
  }

  char type() {
    return (char) (block[TYPE] & 0xff);
  }

  /** The size of what follows; empty if the field holds no number that is at least 0. */
  OptionalLong size() {
    return number(SIZE, 12);
  }

  /** The path in the block itself: a prefix only where the form has one. */
  String path() {
    String name = text(0, 100);
    boolean ustar = block[MAGIC + 5] == 0 && text(MAGIC, 5).equals("ustar");
    String prefix = ustar ? text(PREFIX, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return new String(block, offset, end - offset, ISO_8859_1);
  }

  /** Octal digits between blanks and NULs, or GNU's base 256 when the first bit is set. */
  private OptionalLong number(int offset, int length) {
    byte[] field = Arrays.copyOfRange(block, offset, offset + length);
    return (field[0] & 0x80) != 0 ? binary(field) : octal(field);
  }

  private static OptionalLong binary(byte[] field) {
    long value = field[0] & 0x7f;
    for (int i = 1; i < field.length; i++) {
      if (value >= 1L << 54) {
        return OptionalLong.empty();
      }
      value = value << 8 | (field[i] & 0xff);
    }
    return OptionalLong.of(value);
  }

  private static OptionalLong octal(byte[] field) {
    int start = 0;
    while (start < field.length && (field[start] == ' ' || field[start] == 0)) {
      start++;
    }
    int end = field.length;
    while (end > start && (field[end - 1] == ' ' || field[end - 1] == 0)) {
      end--;
    }
    long value = 0;
    for (int i = start; i < end; i++) {
      int digit = field[i] - '0';
      if (digit < 0 || digit > 7) {
        return OptionalLong.empty();
      }
      value = value << 3 | digit;
    }
    return OptionalLong.of(value);
  }

  /**
   * Makes a ustar header of root's.
   *
   * @param name at most 100 bytes of ASCII
   * @param prefix at most 155 bytes of ASCII, or empty
   * @param mtime seconds since 1970, 0 to {@link TarWriter#MAX_NUMBER}
   */
  static byte[] ustar(char type, String prefix, String name, int mode, long size, long mtime) {
    byte[] block = new byte[BLOCK];
    put(block, 0, name);
    putOctal(block, 100, 8, mode);
    putOctal(block, 108, 8, 0);
    putOctal(block, 116, 8, 0);
    putOctal(block, SIZE, 12, size);
    putOctal(block, 136, 12, mtime);
    block[TYPE] = (byte) type;
    put(block, MAGIC, "ustar");
    put(block, MAGIC + 6, "00");
    put(block, 265, "root");
    put(block, 297, "root");
    putOctal(block, 329, 8, 0);
    putOctal(block, 337, 8, 0);
    put(block, PREFIX, prefix);
    putChecksum(block);
    return block;
  }

  private static void putChecksum(byte[] block) {
    int sum = 8 * ' ';
    for (byte b : block) {
      sum += b & 0xff;
    }
    putOctal(block, CHECKSUM, 7, sum);
    block[CHECKSUM + 7] = ' ';
  }

  private static void put(byte[] block, int offset, String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    System.arraycopy(bytes, 0, block, offset, bytes.length);
  }

  /** Fills the field with digits but for a last NUL. */
  private static void putOctal(byte[] block, int offset, int length, long value) {
    String digits = Long.toOctalString(value);
    put(block, offset, "0".repeat(length - 1 - digits.length()) + digits);
  }
}
