package org.qrepo.cli.build.configure;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.build.YamlDocument;

/**
 * YAML that readers of 1.1 and 1.2 read alike: texts stand in quotes unless no reader could take
 * them for anything else.
 */
final class YamlText {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9._/+-]*");

  /** What 1.1 reads as truth or nothing. */
  private static final Set<String> RESERVED =
      Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

  private final StringBuilder text = new StringBuilder();

  YamlText comment(String line) {
    if (line.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new IllegalArgumentException("cannot stand in a comment: " + line);
    }
    text.append(line.isEmpty() ? "#" : "# " + line).append('\n');
    return this;
  }

  YamlText blank() {
    text.append('\n');
    return this;
  }

  /**
   * A key of the document.
   *
   * @param value texts, numbers, truths, lists and mappings of them
   */
  YamlText set(String key, Object value) {
    entry("", key, value);
    return this;
  }

  private void entry(String indent, String key, Object value) {
    text.append(indent).append(scalar(key)).append(':');
    value(indent, value);
  }

  /** What stands behind a colon. */
  private void value(String indent, Object value) {
    Map<String, Object> mapping = YamlDocument.asMapping(value).orElse(Map.of());
    if (value instanceof List<?> list && !list.isEmpty()) {
      text.append('\n');
      list.forEach(item -> item(indent + "  ", item));
    } else if (!mapping.isEmpty()) {
      text.append('\n');
      mapping.forEach((key, inner) -> entry(indent + "  ", key, inner));
    } else {
      text.append(' ').append(scalar(value)).append('\n');
    }
  }

  private void item(String indent, Object item) {
    Map<String, Object> mapping = YamlDocument.asMapping(item).orElse(Map.of());
    if (mapping.isEmpty()) {
      text.append(indent).append('-');
      value(indent, item);
      return;
    }
    String start = indent + "- ";
    for (Map.Entry<String, Object> entry : mapping.entrySet()) {
      text.append(start).append(scalar(entry.getKey())).append(':');
      value(indent + "  ", entry.getValue());
      start = indent + "  ";
    }
  }

  private static String scalar(@Nullable Object value) {
    if (value instanceof Boolean || value instanceof Integer || value instanceof Long) {
      return value.toString();
    }
    if (value instanceof Map) {
      return "{}";
    }
    if (value instanceof List) {
      return "[]";
    }
    String word = String.valueOf(value);
    if (PLAIN.matcher(word).matches() && !RESERVED.contains(word.toLowerCase(Locale.ROOT))) {
      return word;
    }
    return word.chars().allMatch(c -> c >= ' ' && c <= '~')
        ? "'" + word.replace("'", "''") + "'"
        : escaped(word);
  }

  private static String escaped(String word) {
    StringBuilder out = new StringBuilder("\"");
    for (int c : word.codePoints().toArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').appendCodePoint(c);
      } else if (c >= ' ' && c <= '~') {
        out.appendCodePoint(c);
      } else {
        out.append(String.format(Locale.ROOT, "\\U%08x", c));
      }
    }
    return out.append('"').toString();
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
