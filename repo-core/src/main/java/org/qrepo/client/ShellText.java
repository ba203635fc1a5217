package org.qrepo.client;

import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills values into a shell script; a value stands there as one quoted word. */
final class ShellText {
  private static final Pattern VALUE = Pattern.compile("\\{\\{([A-Za-z]+)}}");

  private ShellText() {}

  /** The template with every {@code {{name}}} replaced by the quoted value of that name. */
  static String fill(String template, Map<String, String> values) {
    return VALUE
        .matcher(template)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    quote(Objects.requireNonNull(values.get(found.group(1)), found.group(1)))));
  }

  /** One word for any POSIX shell. */
  static String quote(String value) {
    return value.matches("[A-Za-z0-9@%+=:,./_-]+")
        ? value
        : "'" + value.replace("'", "'\\''") + "'";
  }
}
