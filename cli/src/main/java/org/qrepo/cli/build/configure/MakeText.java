package org.qrepo.cli.build.configure;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Assignments as GNU make reads them. Values are taken literally: {@code $} is doubled, and what
 * make, or the shells that it hands values to, could take for something else is refused.
 */
final class MakeText {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Words that neither make nor a shell reads anything into. */
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._~:/%+=@,-]+");

  /** The only expansions that are meant: pacman's, for whom they go on. */
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$(repo|arch)(?![A-Za-z0-9_])");

  private static final int WIDTH = 100;

  private final StringBuilder text = new StringBuilder();

  MakeText comment(String line) {
    if (line.chars().anyMatch(c -> c < ' ' || c == '\\')) {
      throw new IllegalArgumentException("cannot stand in a comment: " + line);
    }
    text.append(line.isEmpty() ? "#" : "# " + line).append('\n');
    return this;
  }

  MakeText blank() {
    text.append('\n');
    return this;
  }

  /** Assigns at once, whatever the variable was before; the command line of make still wins. */
  MakeText set(String name, String value) {
    return set(name, value.isEmpty() ? List.of() : List.of(value));
  }

  /** Assigns words, in lines that people can read. */
  MakeText set(String name, List<String> words) {
    StringBuilder line = new StringBuilder(requireName(name)).append(" :=");
    for (String word : words.stream().map(MakeText::literal).toList()) {
      if (line.length() + word.length() + 3 > WIDTH) {
        text.append(line).append(" \\\n");
        line = new StringBuilder("   ");
      }
      line.append(' ').append(word);
    }
    text.append(line).append('\n');
    return this;
  }

  /** Reads a file that lies beside this one, whatever directory make runs in. */
  MakeText include(String relative) {
    if (!relative.equals(literal(relative))) {
      throw new IllegalArgumentException("not a plain path: " + relative);
    }
    text.append("include $(dir $(lastword $(MAKEFILE_LIST)))").append(relative).append('\n');
    return this;
  }

  private static String requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a variable: " + name);
    }
    return name;
  }

  /**
   * A word as make is to read it.
   *
   * @throws IllegalArgumentException if it would not be one word, or not be taken literally
   */
  static String literal(String word) {
    List<String> parts = new ArrayList<>(List.of(PLACEHOLDER.split(word, -1)));
    parts.removeIf(String::isEmpty);
    if (word.isEmpty() || !parts.stream().allMatch(p -> WORD.matcher(p).matches())) {
      throw new IllegalArgumentException("make would not take it literally: " + word);
    }
    return word.replace("$", "$$");
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
