package org.qrepo.repodata;

/**
 * XML that is written piece by piece. Characters that XML cannot hold are left out; what a reader
 * would take for something else, or change, is written as a reference.
 */
final class Xml {
  static final String DECLARATION = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

  private final StringBuilder out = new StringBuilder();
  private final int most;

  /**
   * @param most characters that may be written
   */
  Xml(int most) {
    this.most = most;
  }

  /** There is more to write than may be. */
  static final class TooLongException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** A piece that is XML already. */
  Xml raw(String piece) throws TooLongException {
    out.append(piece);
    if (out.length() > most) {
      throw new TooLongException();
    }
    return this;
  }

  /** A line with an element that holds text alone. */
  Xml element(String indent, String name, String text) throws TooLongException {
    return raw(indent + "<" + name + ">").text(text).raw("</" + name + ">\n");
  }

  /** An attribute, with the blank before it. */
  Xml attribute(String name, String value) throws TooLongException {
    return raw(" " + name + "=\"").escaped(value, true).raw("\"");
  }

  Xml attribute(String name, long value) throws TooLongException {
    return attribute(name, Long.toString(value));
  }

  Xml text(String text) throws TooLongException {
    return escaped(text, false);
  }

  private Xml escaped(String text, boolean attribute) throws TooLongException {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (allowed(c)) {
        write(c, attribute);
      }
      if (out.length() > most) {
        throw new TooLongException();
      }
    }
    return this;
  }

  private void write(int c, boolean attribute) {
    switch (c) {
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '&' -> out.append("&amp;");
      case '\r' -> out.append("&#13;");
      case '"' -> out.append(attribute ? "&quot;" : "\"");
      case '\t' -> out.append(attribute ? "&#9;" : "\t");
      case '\n' -> out.append(attribute ? "&#10;" : "\n");
      default -> out.appendCodePoint(c);
    }
  }

  /** Char of XML 1.0, section 2.2. */
  private static boolean allowed(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0xd7ff)
        || (c >= 0xe000 && c <= 0xfffd)
        || c >= 0x10000;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
