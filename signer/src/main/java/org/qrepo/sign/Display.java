package org.qrepo.sign;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text from strangers made fit for a terminal. */
final class Display {
  private Display() {}

  /** UTF-8 where it is valid, with control and direction characters escaped. */
  static String text(byte[] bytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      text = new String(bytes, StandardCharsets.ISO_8859_1);
    }
    StringBuilder out = new StringBuilder();
    text.codePoints().forEach(c -> append(out, c));
    return out.toString();
  }

  static boolean harmless(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  private static void append(StringBuilder out, int codePoint) {
    if (harmless(codePoint)) {
      out.appendCodePoint(codePoint);
    } else {
      out.append(codePoint < 256 ? "\\x%02x".formatted(codePoint) : "\\u%04x".formatted(codePoint));
    }
  }
}
