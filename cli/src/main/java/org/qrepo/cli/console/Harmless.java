package org.qrepo.cli.console;

/**
 * Takes from a text what could control a terminal or mislead its reader: control characters, escape
 * sequences' introducers, overrides of the writing direction, halves of surrogate pairs.
 */
final class Harmless {
  private static final char REPLACEMENT = '\ufffd';

  private Harmless() {}

  /** One line: tabs and line ends become blanks, other dangerous characters a replacement sign. */
  static String line(String text) {
    if (isHarmless(text)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> out.appendCodePoint(replaced(c)));
    return out.toString();
  }

  private static boolean isHarmless(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < 0x20 || text.charAt(i) > 0x7e) {
        return false;
      }
    }
    return true;
  }

  private static int replaced(int c) {
    if (c == '\t' || c == '\n' || c == '\r' || c == '\u2028' || c == '\u2029') {
      return ' ';
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE -> REPLACEMENT;
      default -> c;
    };
  }
}
