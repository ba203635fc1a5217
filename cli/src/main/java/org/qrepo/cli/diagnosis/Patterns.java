package org.qrepo.cli.diagnosis;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All patterns of a book of rules, and the needles that tell which of them a line can fit. */
final class Patterns {
  private final List<OfRule> rules;
  private final List<OfContext> contexts;
  private final Map<LinePattern, Integer> numbers = new HashMap<>();
  private final Needles needles;

  Patterns(RuleBook book) {
    Map<String, Integer> known = new LinkedHashMap<>();
    List<OfRule> ofRules = new ArrayList<>();
    List<OfContext> ofContexts = new ArrayList<>();
    for (Rule rule : book.rules()) {
      BitSet wanted = new BitSet();
      rule.matches().forEach(pattern -> wanted.set(number(pattern, known)));
      ofRules.add(new OfRule(rule, wanted));
      for (Rule.Context context : rule.contexts()) {
        ofContexts.add(new OfContext(rule, context, number(context.pattern(), known)));
      }
    }
    this.rules = List.copyOf(ofRules);
    this.contexts = List.copyOf(ofContexts);
    this.needles = new Needles(List.copyOf(known.keySet()));
  }

  private int number(LinePattern pattern, Map<String, Integer> known) {
    int number = known.computeIfAbsent(pattern.needle(), n -> known.size());
    numbers.put(pattern, number);
    return number;
  }

  private record OfRule(Rule rule, BitSet needles) {}

  /**
   * A context and whose it is.
   *
   * @param needle the number of its needle
   */
  record OfContext(Rule rule, Rule.Context context, int needle) {}

  Needles needles() {
    return needles;
  }

  /** The rules that a line with these needles may fit, in the order of the book. */
  List<Rule> rulesWith(BitSet present) {
    List<Rule> fitting = new ArrayList<>();
    for (OfRule each : rules) {
      if (each.needles().intersects(present)) {
        fitting.add(each.rule());
      }
    }
    return fitting;
  }

  /** The contexts that a line with these needles may fit. */
  List<OfContext> contextsWith(BitSet present) {
    List<OfContext> fitting = new ArrayList<>();
    for (OfContext each : contexts) {
      if (present.get(each.needle())) {
        fitting.add(each);
      }
    }
    return fitting;
  }

  /** Whether the needle of a pattern is among these. */
  boolean has(LinePattern pattern, BitSet present) {
    Integer number = numbers.get(pattern);
    return number != null && present.get(number);
  }
}
