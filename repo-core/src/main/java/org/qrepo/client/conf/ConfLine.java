package org.qrepo.client.conf;

import java.util.Arrays;
import java.util.List;
import org.qrepo.Finding;

/**
 * A line that is neither empty nor a comment.
 *
 * @param where {@code file:line}
 */
record ConfLine(String where, String text) {
  boolean isHeader() {
    return text.startsWith("[") && text.endsWith("]") && text.length() > 1;
  }

  /** What stands between the brackets, blanks and all. */
  String header() {
    return text.substring(1, text.length() - 1);
  }

  String key() {
    int equals = text.indexOf('=');
    return ConfLines.trim(equals < 0 ? text : text.substring(0, equals));
  }

  boolean hasValue() {
    return text.indexOf('=') >= 0;
  }

  String value() {
    return hasValue() ? ConfLines.trim(text.substring(text.indexOf('=') + 1)) : "";
  }

  String requireValue() throws Stop {
    if (!hasValue()) {
      throw stop(
          "pacman-conf-no-value",
          "'" + key() + "' needs a value, and pacman stops at it",
          "Write: " + key() + " = VALUE");
    }
    return value();
  }

  /** The words of a value that is a list. */
  static List<String> words(String value) {
    return Arrays.stream(value.split("[ \\t]+")).filter(w -> !w.isEmpty()).toList();
  }

  void takeSigLevel(SigLevelWords level) throws Stop {
    for (String word : words(value())) {
      if (!level.take(word)) {
        throw invalid(word);
      }
    }
  }

  Stop invalid(String word) {
    String hint =
        word.startsWith("#")
            ? "A comment needs a line of its own."
            : "pacman.conf(5) lists what can stand here.";
    return stop(
        "pacman-conf-invalid-value",
        "'" + word + "' is no value for " + key() + ", and pacman stops at it",
        hint);
  }

  Stop stop(String id, String reason, String... details) {
    return new Stop(Finding.of(id, where, reason, details));
  }

  /** pacman passes over what it does not know. */
  ConfFinding unknown(String place) {
    String since =
        Directives.since(key())
            .map(v -> "pacman knows it since " + v + "; older ones say that they do not.")
            .orElse("pacman says: directive '" + key() + "' … not recognized");
    return new ConfFinding(
        Effect.WARNED,
        Finding.of(
            "pacman-conf-unknown-directive",
            where,
            "'" + key() + "' is not known " + place + ", and is passed over",
            since));
  }
}
