package org.qrepo.alpm;

/** Text of a stranger, made fit to stand in a message: quoted, escaped, short. */
final class Quoted {
  private static final int MAX_LENGTH = 120;

  private Quoted() {}

  static String of(String text) {
    StringBuilder quoted = new StringBuilder("'");
    text.codePoints().limit(MAX_LENGTH).forEach(c -> append(quoted, c));
    if (text.codePointCount(0, text.length()) > MAX_LENGTH) {
      quoted.append("...");
    }
    return quoted.append('\'').toString();
  }

  private static void append(StringBuilder quoted, int codePoint) {
    if (isPlain(codePoint)) {
      quoted.appendCodePoint(codePoint);
    } else {
      quoted.append(String.format("\\u%04x", codePoint));
    }
  }

  private static boolean isPlain(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
