package org.qrepo.cli.config;

import java.util.List;

/** A piece of a YAML document and where it stands: {@code file:line:column}. */
sealed interface YamlNode {
  String where();

  /** A text, as written; {@code plain} if it stood without quotes. */
  record Text(String text, boolean plain, String where) implements YamlNode {
    /** Whether it is what YAML calls null: the key was given no value. */
    boolean isAbsent() {
      return plain && (text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null"));
    }
  }

  record Items(List<YamlNode> items, String where) implements YamlNode {
    public Items {
      items = List.copyOf(items);
    }
  }

  record Keys(List<Entry> entries, String where) implements YamlNode {
    public Keys {
      entries = List.copyOf(entries);
    }
  }

  /** A key, where it stands, and its value. */
  record Entry(String name, String where, YamlNode value) {}
}
