package org.qrepo.cli.diagnosis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All failures that are known. Of several rules that fit one line the first counts.
 *
 * @param rules the special ones before the general ones
 */
public record RuleBook(List<Rule> rules) {
  private static final String RESOURCE = "rules";

  public RuleBook {
    rules = List.copyOf(rules);
    Set<String> ids = new HashSet<>();
    rules.stream()
        .map(Rule::id)
        .filter(id -> !ids.add(id))
        .findFirst()
        .ifPresent(
            id -> {
              throw new IllegalArgumentException("two rules are called " + id);
            });
  }

  /** Those that come with qrepo. */
  public static RuleBook standard() {
    try (InputStream in = RuleBook.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + RESOURCE);
      }
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads rules.
   *
   * @throws IllegalArgumentException with the number of the line, if something is wrong
   */
  static RuleBook parse(String text) {
    return new RuleBook(new RuleParser().parse(text));
  }
}
