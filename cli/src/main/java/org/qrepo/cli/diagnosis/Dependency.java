package org.qrepo.cli.diagnosis;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A package and the versions of it that will do, as pacman writes them.
 *
 * @param operator {@code <}, {@code <=}, {@code =}, {@code >=}, {@code >}; empty: any version
 */
record Dependency(String name, String operator, String version) {
  private static final Pattern FORM = Pattern.compile("([^<>=]*+)([<>]=?|=|)(.*)");

  static Dependency of(String text) {
    Matcher parts = FORM.matcher(text);
    return parts.matches()
        ? new Dependency(parts.group(1), parts.group(2), parts.group(3))
        : new Dependency(text, "", "");
  }

  @Override
  public String toString() {
    return name + operator + version;
  }
}
