package org.qrepo.cli.config;

import java.util.List;

/**
 * One effective value, for people.
 *
 * @param name the full name of its key
 * @param values one or several; secrets and user names in URLs are left out
 * @param origin where it came from: {@code file:line:column}, a variable, a flag, or {@code
 *     default}
 */
public record Setting(String name, List<String> values, String origin) {
  public Setting {
    values = List.copyOf(values);
  }
}
