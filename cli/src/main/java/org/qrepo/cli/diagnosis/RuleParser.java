package org.qrepo.cli.diagnosis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the file of rules. A rule begins with {@code [id]}; below it stand {@code key: value}
 * lines. A line that begins with four blanks goes on with the value above it. {@code #} begins a
 * comment. The form is our own, so that patterns and commands stand in it as they are, without
 * quoting, and so that it is read in a few milliseconds.
 */
final class RuleParser {
  private static final String CONTINUED = "    ";

  private final List<Rule> rules = new ArrayList<>();
  private Optional<Draft> draft = Optional.empty();

  List<Rule> parse(String text) {
    List<String> lines = text.lines().toList();
    int at = 0;
    while (at < lines.size()) {
      int next = at + 1;
      StringBuilder line = new StringBuilder(lines.get(at).stripTrailing());
      while (next < lines.size() && lines.get(next).startsWith(CONTINUED)) {
        line.append(' ').append(lines.get(next).strip());
        next++;
      }
      try {
        line(line.toString());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("line " + (at + 1) + ": " + e.getMessage(), e);
      }
      at = next;
    }
    finish();
    return rules;
  }

  private void line(String line) {
    if (line.isEmpty() || line.startsWith("#")) {
      return;
    }
    if (line.startsWith("[") && line.endsWith("]")) {
      finish();
      draft = Optional.of(new Draft(line.substring(1, line.length() - 1)));
      return;
    }
    int colon = line.indexOf(": ");
    if (colon < 0) {
      throw new IllegalArgumentException("neither [id] nor key: value");
    }
    draft
        .orElseThrow(() -> new IllegalArgumentException("stands above the first [id]"))
        .put(line.substring(0, colon), line.substring(colon + 2).strip());
  }

  private void finish() {
    draft.map(Draft::rule).ifPresent(rules::add);
    draft = Optional.empty();
  }

  private static final class Draft {
    private final String id;
    private Rule.Kind kind = Rule.Kind.CAUSE;
    private List<Rule.Where> where = List.of();
    private final List<LinePattern> matches = new ArrayList<>();
    private final List<Rule.Context> contexts = new ArrayList<>();
    private Optional<String> bound = Optional.empty();
    private String cause = "";
    private final List<String> fix = new ArrayList<>();
    private List<String> sources = List.of();

    Draft(String id) {
      if (!id.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
        throw new IllegalArgumentException("no kebab-case id: " + id);
      }
      this.id = id;
    }

    void put(String key, String value) {
      switch (key) {
        case "kind" -> kind = Rule.Kind.valueOf(value.toUpperCase(Locale.ROOT));
        case "where" ->
            where = words(value).map(w -> Rule.Where.valueOf(w.toUpperCase(Locale.ROOT))).toList();
        case "match" -> matches.add(LinePattern.of(value));
        case "before", "after", "unless", "above" -> contexts.add(context(key, value));
        case "bound" -> bound = Optional.of(value);
        case "cause" -> cause = value;
        case "fix" -> fix.add(value);
        case "source" -> sources = words(value).toList();
        default -> throw new IllegalArgumentException("unknown key " + key);
      }
    }

    private static java.util.stream.Stream<String> words(String value) {
      return Arrays.stream(value.split(",", -1)).map(String::strip);
    }

    private static Rule.Context context(String key, String value) {
      int blank = value.indexOf(' ');
      if (blank < 0) {
        throw new IllegalArgumentException(key + " takes a number of lines and a pattern");
      }
      return new Rule.Context(
          Rule.Relation.valueOf(key.toUpperCase(Locale.ROOT)),
          Integer.parseInt(value.substring(0, blank)),
          LinePattern.of(value.substring(blank + 1)));
    }

    Rule rule() {
      if (matches.isEmpty()
          || where.isEmpty()
          || cause.isEmpty()
          || fix.isEmpty()
          || sources.isEmpty()) {
        throw new IllegalArgumentException(
            id + " has no match, no where, no cause, no fix or no source");
      }
      return new Rule(id, kind, where, matches, contexts, bound, cause, fix, sources);
    }
  }
}
