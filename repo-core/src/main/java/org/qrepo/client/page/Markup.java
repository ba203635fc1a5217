package org.qrepo.client.page;

/** HTML, written front to back. Whatever is given as text or value stays text. */
final class Markup {
  private static final char UNKNOWN = '\uFFFD';

  private final StringBuilder out = new StringBuilder(1 << 16);

  /** The start of an element, its attributes as name and value in turn. */
  Markup open(String tag, String... attributes) {
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      text(attributes[i + 1]).out.append('"');
    }
    out.append('>');
    return this;
  }

  Markup close(String tag) {
    out.append("</").append(tag).append('>');
    return this;
  }

  /** A whole element. */
  Markup element(String tag, String text, String... attributes) {
    return open(tag, attributes).text(text).close(tag);
  }

  Markup line() {
    out.append('\n');
    return this;
  }

  /** Text of this program, as it is. */
  Markup own(String html) {
    out.append(html);
    return this;
  }

  Markup text(String text) {
    text.codePoints().map(Markup::shown).forEach(this::escaped);
    return this;
  }

  private void escaped(int character) {
    switch (character) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '"' -> out.append("&quot;");
      case '\'' -> out.append("&#39;");
      default -> out.appendCodePoint(character);
    }
  }

  /** Control characters, and halves of characters, have no place in HTML. */
  private static int shown(int character) {
    boolean blank = character == '\n' || character == '\t';
    boolean half = Character.getType(character) == Character.SURROGATE;
    return half || (Character.isISOControl(character) && !blank) ? UNKNOWN : character;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
