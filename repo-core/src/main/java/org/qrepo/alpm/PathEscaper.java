package org.qrepo.alpm;

/**
 * Writes a path as bsdtar prints it in a UTF-8 locale: printable characters as they are, a
 * backslash doubled, seven control characters by their letter, all other bytes as three octal
 * digits. After the first byte that is not UTF-8 bsdtar no longer looks for characters beyond
 * ASCII.
 *
 * <p>Which characters are printable grows with Unicode and would make the bytes depend on the
 * machine. Here every character is but controls, line and paragraph separators and the 66 code
 * points that never become characters.
 */
final class PathEscaper {
  private static final String LETTERS = "abtnvfr";
  private static final int FIRST_LETTER = 7;

  private final byte[] path;
  private final FileListBuilder.Lines out;

  private PathEscaper(byte[] path, FileListBuilder.Lines out) {
    this.path = path;
    this.out = out;
  }

  static void escape(byte[] path, FileListBuilder.Lines out) {
    new PathEscaper(path, out).run();
  }

  private void run() {
    boolean decode = true;
    int position = 0;
    while (position < path.length) {
      int b = path[position] & 0xff;
      int length = b < 0x80 || !decode ? 1 : sequenceLength(position);
      if (length == 0) {
        decode = false;
      } else if (length > 1 && isPrintable(codePoint(position, length))) {
        for (int i = 0; i < length; i++) {
          out.append(path[position + i]);
        }
        position += length;
        continue;
      }
      for (int i = 0; i < Math.max(length, 1); i++) {
        escape(path[position++] & 0xff);
      }
    }
  }

  private void escape(int b) {
    if (b == '\\') {
      out.append('\\');
      out.append('\\');
    } else if (b >= ' ' && b < 0x7f) {
      out.append(b);
    } else if (b >= FIRST_LETTER && b < FIRST_LETTER + LETTERS.length()) {
      out.append('\\');
      out.append(LETTERS.charAt(b - FIRST_LETTER));
    } else {
      out.append('\\');
      out.append('0' + (b >> 6));
      out.append('0' + (b >> 3 & 7));
      out.append('0' + (b & 7));
    }
  }

  /** Length of the well-formed UTF-8 sequence (RFC 3629) that begins here; 0 if there is none. */
  private int sequenceLength(int position) {
    int lead = path[position] & 0xff;
    int length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (position + length > path.length) {
      return 0;
    }
    for (int i = 1; i < length; i++) {
      if ((path[position + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return length > 2 && !isShortest(codePoint(position, length), length) ? 0 : length;
  }

  private static boolean isShortest(int codePoint, int length) {
    if (length == 3) {
      return codePoint >= 0x800 && (codePoint < 0xd800 || codePoint > 0xdfff);
    }
    return codePoint >= 0x10000 && codePoint <= 0x10ffff;
  }

  private int codePoint(int position, int length) {
    int value = path[position] & (0x7f >> length);
    for (int i = 1; i < length; i++) {
      value = value << 6 | (path[position + i] & 0x3f);
    }
    return value;
  }

  private static boolean isPrintable(int codePoint) {
    boolean control = codePoint < 0xa0;
    boolean separator = codePoint == 0x2028 || codePoint == 0x2029;
    boolean never = (codePoint & 0xfffe) == 0xfffe || (codePoint >= 0xfdd0 && codePoint <= 0xfdef);
    return !control && !separator && !never;
  }
}
