package org.qrepo.cli.diagnosis;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Applies the rules to the lines of one log, from its begin to its end. */
final class LogReading implements LogScanner.Lines {
  private final String log;
  private final Patterns patterns;
  private final BiConsumer<Rule, Evidence> evidence;

  /** Where the line of a context was met last. */
  private final Map<Rule.Context, Seen> contexts = new HashMap<>();

  /** What becomes evidence if the line that must follow does. */
  private final Map<String, Evidence> waiting = new HashMap<>();

  /**
   * @param evidence takes each line that shows a known failure
   */
  LogReading(String log, Patterns patterns, BiConsumer<Rule, Evidence> evidence) {
    this.log = log;
    this.patterns = patterns;
    this.evidence = evidence;
  }

  /**
   * A line that shows a failure.
   *
   * @param holes what was in the holes, also of lines above
   */
  record Evidence(Sighting sighting, List<Sighting> above, Map<String, String> holes) {}

  private record Seen(Sighting sighting, Map<String, String> holes) {}

  @Override
  public void line(long number, String line, BitSet needles) {
    for (Rule rule : patterns.rulesWith(needles)) {
      if (matched(rule, number, line, needles)) {
        break;
      }
    }
    for (Patterns.OfContext context : patterns.contextsWith(needles)) {
      context
          .context()
          .pattern()
          .match(line)
          .ifPresent(match -> context(context, seen(number, line, match)));
    }
  }

  private Seen seen(long number, String line, LinePattern.Match match) {
    return new Seen(Sighting.around(log, number, line, match.at()), match.holes());
  }

  /** Whether the line shows the failure of the rule, as far as can be told by now. */
  private boolean matched(Rule rule, long number, String line, BitSet needles) {
    for (LinePattern pattern : rule.matches()) {
      Optional<LinePattern.Match> match =
          patterns.has(pattern, needles) ? pattern.match(line) : Optional.empty();
      if (match.isPresent() && fits(rule, number)) {
        Evidence found = evidence(rule, seen(number, line, match.get()));
        if (!mustBeFollowed(rule)) {
          evidence.accept(rule, found);
          return true;
        }
        waiting.put(rule.id(), found);
        return false;
      }
    }
    return false;
  }

  private static boolean mustBeFollowed(Rule rule) {
    for (Rule.Context context : rule.contexts()) {
      if (context.relation() == Rule.Relation.AFTER) {
        return true;
      }
    }
    return false;
  }

  private boolean fits(Rule rule, long number) {
    for (Rule.Context context : rule.contexts()) {
      boolean near = isNear(context, number);
      if ((context.relation() == Rule.Relation.BEFORE && !near)
          || (context.relation() == Rule.Relation.UNLESS && near)) {
        return false;
      }
    }
    return true;
  }

  private boolean isNear(Rule.Context context, long number) {
    Seen seen = contexts.get(context);
    return seen != null && number - seen.sighting().line() <= context.lines();
  }

  private Evidence evidence(Rule rule, Seen match) {
    if (rule.contexts().isEmpty()) {
      return new Evidence(match.sighting(), List.of(), match.holes());
    }
    Map<String, String> holes = new LinkedHashMap<>();
    List<Sighting> above = new ArrayList<>();
    for (Rule.Context context : rule.contexts()) {
      Seen seen = contexts.get(context);
      boolean isAbove =
          context.relation() == Rule.Relation.BEFORE || context.relation() == Rule.Relation.ABOVE;
      if (isAbove && seen != null && isNear(context, match.sighting().line())) {
        holes.putAll(seen.holes());
        above.add(seen.sighting());
      }
    }
    holes.putAll(match.holes());
    return new Evidence(match.sighting(), above, holes);
  }

  private void context(Patterns.OfContext context, Seen seen) {
    Evidence before = waiting.get(context.rule().id());
    if (context.context().relation() == Rule.Relation.AFTER && before != null) {
      waiting.remove(context.rule().id());
      if (seen.sighting().line() - before.sighting().line() <= context.context().lines()) {
        evidence.accept(context.rule(), before);
      }
    }
    contexts.put(context.context(), seen);
  }
}
