package org.qrepo.alpm;

/** Text that can stand in one line as it is, and that UTF-8 can write. */
final class PlainText {
  private PlainText() {}

  static boolean is(String text) {
    return text.codePoints().allMatch(PlainText::isPlain);
  }

  private static boolean isPlain(int codePoint) {
    boolean halfCharacter = Character.getType(codePoint) == Character.SURROGATE;
    return !Character.isISOControl(codePoint) && !halfCharacter;
  }
}
