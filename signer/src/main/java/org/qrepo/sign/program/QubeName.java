package org.qrepo.sign.program;

import java.util.regex.Pattern;

/**
 * The qube that a request goes to.
 *
 * @param value as Qubes names it, or {@code @default}, for which the policy of dom0 has a qube
 */
public record QubeName(String value) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,30}|@default");

  /** The qube that the policy of dom0 chooses. */
  public static final QubeName DEFAULT = new QubeName("@default");

  public QubeName {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'"
              + value
              + "' is not the name of a qube: a letter and up to 30 letters, digits, '_', '-', '.'");
    }
  }

  /** For sentences: {@code qube vault}. */
  public String words() {
    return equals(DEFAULT) ? "the qube that dom0's policy names" : "qube " + value;
  }

  @Override
  public String toString() {
    return value;
  }
}
