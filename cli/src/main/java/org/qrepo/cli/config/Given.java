package org.qrepo.cli.config;

import java.util.List;

/**
 * A value as it was given, before it has a type.
 *
 * @param name the full name of its key, names of targets filled in
 * @param key which key it is
 * @param items one for each item of a list; exactly one for a single value
 */
record Given(String name, Key key, List<Item> items) {
  Given {
    items = List.copyOf(items);
  }

  /** One text and where it stood. */
  record Item(String text, Origin origin) {}

  /** Where the value stood, or its first item. */
  String where() {
    return items.isEmpty() ? "" : items.get(0).origin().where();
  }
}
