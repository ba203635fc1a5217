package org.qrepo.database;

import org.qrepo.Finding;
import org.qrepo.RefusedException;

/**
 * The database that findings are about.
 *
 * @param name what messages call it
 */
record Subject(String name) {
  RefusedException refuse(String id, String reason, String... details) {
    return new RefusedException(Finding.of(id, name, reason, details));
  }

  /** The subject of a finding inside the database. */
  Subject at(String place) {
    return new Subject(name + ":" + place);
  }

  /** A stranger's text, fit for one line of a message: cut, and without control characters. */
  static String quote(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "?");
    return "'" + (plain.length() <= 120 ? plain : plain.substring(0, 120) + "…") + "'";
  }
}
