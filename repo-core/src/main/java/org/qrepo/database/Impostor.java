package org.qrepo.database;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.qrepo.RefusedException;
import org.qrepo.io.Compression;

/** Tells what was served in a database's place, from its first bytes. */
final class Impostor {
  private Impostor() {}

  /**
   * Says what it is.
   *
   * @param start the first bytes after decompression, of which {@code length} were there
   */
  static RefusedException refuse(Subject subject, byte[] start, int length) {
    String text = new String(start, 0, length, ISO_8859_1);
    String bare = text.replaceFirst("^(\\u00ef\\u00bb\\u00bf)?\\s*", "").toLowerCase(Locale.ROOT);
    if (bare.startsWith("<!doctype") || bare.startsWith("<html") || bare.startsWith("<?xml")) {
      return subject.refuse(
          "database-html",
          "is a web page, not a database",
          "the server answers with a page where the file should be; pacman -Sy would succeed and then"
              + " find no package",
          "mend the server's configuration, then publish again");
    }
    Optional<String> format = Compression.nameOfUnsupported(Arrays.copyOf(start, length));
    if (format.isPresent()) {
      return subject.refuse(
          "database-format",
          "is " + format.get() + ", which qrepo does not read",
          "pack the database as .tar.gz, .tar.zst, .tar.xz, .tar.bz2, .tar.lz4 or .tar");
    }
    return subject.refuse(
        "database-junk",
        "is not a database: no tar archive is in it",
        "qrepo never starts from nothing because of a file that it cannot read",
        "restore the last good generation");
  }
}
