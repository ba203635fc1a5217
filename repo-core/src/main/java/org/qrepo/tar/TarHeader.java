package org.qrepo.tar;

import java.util.Arrays;

/**
 * A header block. A path that is longer than its field has, in ustar, its first directories in a
 * second field; the checksum is the sum of all bytes, its own counted as blanks. Old programs
 * summed signed bytes.
 */
final class TarHeader {
  /** All parts of an archive are padded to blocks of so many bytes. */
  static final int BLOCK = 512;

  /** Fills magic and version. */
  private static final String GNU_MAGIC = "ustar  \0";

  private static final String MAGIC = "ustar";
  private static final int MAX_CHECKSUM_DIGITS = 6;

  private final byte[] block;

  /** Looks into the block, which stays the caller's. */
  TarHeader(byte[] block) {
    this.block = block;
  }

  /** Whether it is a block of zeros, of which two end an archive. */
  boolean isZero() {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether the block is a header at all: no other data carry this sum. */
  boolean isGenuine() {
    try {
      long stored = HeaderField.CHECKSUM.number(block);
      return stored == unsignedSum() || stored == signedSum();
    } catch (TarException e) {
      return false;
    }
  }

  private long unsignedSum() {
    long sum = (long) ' ' * HeaderField.CHECKSUM.length();
    for (int i = 0; i < BLOCK; i++) {
      sum += block[i] & 0xff;
    }
    return sum - ownSum(0xff);
  }

  private long signedSum() {
    long sum = (long) ' ' * HeaderField.CHECKSUM.length();
    for (int i = 0; i < BLOCK; i++) {
      sum += block[i];
    }
    return sum - ownSum(-1);
  }

  /** Sum of the checksum's own bytes. */
  private long ownSum(int mask) {
    long sum = 0;
    for (int i = HeaderField.CHECKSUM.offset(); i < HeaderField.CHECKSUM.end(); i++) {
      sum += block[i] & mask;
    }
    return sum;
  }

  /** What follows the header; the old and the reserved flag of plain files are {@code '0'}. */
  char typeflag() {
    char flag = (char) (block[HeaderField.TYPEFLAG.offset()] & 0xff);
    return flag == 0 || flag == '7' ? '0' : flag;
  }

  /** In bytes, without padding. */
  long size() throws TarException {
    return HeaderField.SIZE.number(block);
  }

  byte[] path() {
    byte[] name = HeaderField.NAME.text(block);
    byte[] prefix = isUstar() ? HeaderField.PREFIX.text(block) : new byte[0];
    if (prefix.length == 0) {
      return name;
    }
    int slash = prefix[prefix.length - 1] == '/' ? 0 : 1;
    byte[] path = Arrays.copyOf(prefix, prefix.length + slash + name.length);
    Arrays.fill(path, prefix.length, prefix.length + slash, (byte) '/');
    System.arraycopy(name, 0, path, prefix.length + slash, name.length);
    return path;
  }

  private boolean isUstar() {
    return HeaderField.MAGIC.startsWith(block, MAGIC)
        && !HeaderField.MAGIC.startsWith(block, GNU_MAGIC);
  }

  /**
   * Makes a ustar header of root's.
   *
   * @param name at most 100 bytes of ASCII
   * @param prefix at most 155 bytes of ASCII, or empty
   * @param mode permission bits
   * @param size at most what eleven octal digits hold
   * @param mtime seconds since 1970, not negative, at most what eleven octal digits hold
   */
  static byte[] ustar(char typeflag, String prefix, String name, int mode, long size, long mtime) {
    byte[] block = new byte[BLOCK];
    HeaderField.NAME.put(block, name);
    HeaderField.MODE.putOctal(block, mode);
    HeaderField.UID.putOctal(block, 0);
    HeaderField.GID.putOctal(block, 0);
    HeaderField.SIZE.putOctal(block, size);
    HeaderField.MTIME.putOctal(block, mtime);
    HeaderField.TYPEFLAG.put(block, String.valueOf(typeflag));
    HeaderField.MAGIC.put(block, MAGIC + '\0');
    HeaderField.VERSION.put(block, "00");
    HeaderField.UNAME.put(block, "root");
    HeaderField.GNAME.put(block, "root");
    HeaderField.DEVMAJOR.putOctal(block, 0);
    HeaderField.DEVMINOR.putOctal(block, 0);
    HeaderField.PREFIX.put(block, prefix);
    String sum = Long.toOctalString(new TarHeader(block).unsignedSum());
    HeaderField.CHECKSUM.put(block, "0".repeat(MAX_CHECKSUM_DIGITS - sum.length()) + sum + "\0 ");
    return block;
  }
}
