package org.qrepo.rpm;

/** The type of a header entry: how its elements are laid out. */
enum EntryType {
  CHAR(1, 1),
  INT8(2, 1),
  INT16(3, 2),
  INT32(4, 4),
  INT64(5, 8),
  STRING(6, 0),
  BIN(7, 1),
  STRING_ARRAY(8, 0),
  I18N_STRING(9, 0);

  private final int number;
  private final int width;

  EntryType(int number, int width) {
    this.number = number;
    this.width = width;
  }

  static EntryType of(int number) throws MalformedRpmException {
    if (number < 1 || number > values().length) {
      throw new MalformedRpmException(
          "rpm-header", "a header entry has the unknown type " + number);
    }
    return values()[number - 1];
  }

  int number() {
    return number;
  }

  /** Bytes of one element; 0 for text, whose elements end with a zero byte. */
  int width() {
    return width;
  }

  boolean text() {
    return width == 0;
  }

  /** What an offset must be a multiple of. */
  int alignment() {
    return Math.max(width, 1);
  }
}
