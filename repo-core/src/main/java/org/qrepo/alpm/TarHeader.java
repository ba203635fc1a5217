package org.qrepo.alpm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One header block of a tar archive, in the old, GNU or POSIX (ustar) form. Offsets and meaning:
 * tar(5).
 *
 * @param path as it stands, bytes of any encoding
 * @param type the type flag, with the old flag of regular files made {@code '0'}
 * @param size of the content in bytes, not negative
 */
@SuppressWarnings("ArrayRecordComponent")
record TarHeader(byte[] path, char type, long size) {
  static final int BLOCK = 512;

  private static final int NAME_LENGTH = 100;
  private static final int SIZE_OFFSET = 124;
  private static final int SIZE_LENGTH = 12;
  private static final int CHECKSUM_OFFSET = 148;
  private static final int CHECKSUM_LENGTH = 8;
  private static final int TYPE_OFFSET = 156;
  private static final int MAGIC_OFFSET = 257;
  private static final int PREFIX_OFFSET = 345;
  private static final int PREFIX_LENGTH = 155;
  private static final byte[] GNU_MAGIC = "ustar  \0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] POSIX_MAGIC = "ustar".getBytes(StandardCharsets.US_ASCII);

  static TarHeader parse(byte[] block) throws ArchiveException {
    if (!hasChecksum(block)) {
      throw damaged("checksum of a member's header does not match");
    }
    char type = block[TYPE_OFFSET] == 0 ? '0' : (char) (block[TYPE_OFFSET] & 0xff);
    return new TarHeader(path(block), type, number(block, SIZE_OFFSET, SIZE_LENGTH));
  }

  /** Whether the block is a header at all: no other data carry this sum. */
  static boolean hasChecksum(byte[] block) {
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      boolean own = i >= CHECKSUM_OFFSET && i < CHECKSUM_OFFSET + CHECKSUM_LENGTH;
      unsigned += own ? ' ' : block[i] & 0xff;
      signed += own ? ' ' : block[i];
    }
    try {
      long sum = number(block, CHECKSUM_OFFSET, CHECKSUM_LENGTH);
      return sum == unsigned || sum == signed;
    } catch (ArchiveException e) {
      return false;
    }
  }

  static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static byte[] path(byte[] block) {
    byte[] name = text(block, 0, NAME_LENGTH);
    if (startsWith(block, GNU_MAGIC) || !startsWith(block, POSIX_MAGIC)) {
      return name;
    }
    byte[] prefix = text(block, PREFIX_OFFSET, PREFIX_LENGTH);
    if (prefix.length == 0) {
      return name;
    }
    int slash = prefix[prefix.length - 1] == '/' ? 0 : 1;
    byte[] path = Arrays.copyOf(prefix, prefix.length + slash + name.length);
    if (slash == 1) {
      path[prefix.length] = '/';
    }
    System.arraycopy(name, 0, path, prefix.length + slash, name.length);
    return path;
  }

  private static boolean startsWith(byte[] block, byte[] magic) {
    return Arrays.equals(block, MAGIC_OFFSET, MAGIC_OFFSET + magic.length, magic, 0, magic.length);
  }

  private static byte[] text(byte[] block, int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return Arrays.copyOfRange(block, offset, end);
  }

  /** Octal digits between spaces and zero bytes, or base 256 after a set high bit. */
  private static long number(byte[] block, int offset, int length) throws ArchiveException {
    if ((block[offset] & 0x80) != 0) {
      return binary(block, offset, length);
    }
    String digits = new String(block, offset, length, StandardCharsets.ISO_8859_1);
    int end = digits.indexOf('\0');
    digits = (end < 0 ? digits : digits.substring(0, end)).strip();
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '7') {
        throw damaged("a number in a member's header is not octal");
      }
      value = value * 8 + (c - '0');
    }
    return value;
  }

  private static long binary(byte[] block, int offset, int length) throws ArchiveException {
    long value = block[offset] & 0x7f;
    for (int i = offset + 1; i < offset + length; i++) {
      if (value >= 1L << (Long.SIZE - 1 - Byte.SIZE)) {
        throw damaged("a number in a member's header is negative or too large");
      }
      value = value << Byte.SIZE | (block[i] & 0xff);
    }
    return value;
  }

  private static ArchiveException damaged(String reason) {
    return new ArchiveException(TarReader.DAMAGED, reason);
  }
}
