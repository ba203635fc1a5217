package org.qrepo.tar;

import java.text.Normalizer;

/**
 * Composes decomposed characters as libarchive does with names that an archive says are UTF-8: as
 * Unicode's normal form C, but characters that form C would replace by others stay. (Of three and
 * more marks on one letter libarchive composes fewer.)
 */
final class Composer {
  private final StringBuilder done = new StringBuilder();
  private final StringBuilder open = new StringBuilder();

  private Composer() {}

  static String compose(String text) {
    if (Normalizer.isNormalized(text, Normalizer.Form.NFC)) {
      return text;
    }
    Composer composer = new Composer();
    text.codePoints().forEach(composer::add);
    return composer.flush().toString();
  }

  private void add(int c) {
    String character = Character.toString(c);
    if (normalize(character).equals(character)) {
      open.append(character);
    } else {
      flush().append(character);
    }
  }

  private StringBuilder flush() {
    done.append(normalize(open.toString()));
    open.setLength(0);
    return done;
  }

  private static String normalize(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }
}
