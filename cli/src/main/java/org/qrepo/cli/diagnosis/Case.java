package org.qrepo.cli.diagnosis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What was seen of one rule in all logs. */
final class Case {
  /** How many kinds of it, say packages with the same trouble, are told apart. */
  private static final int MOST_VARIANTS = 8;

  private final Rule rule;
  private final int order;
  private final Sighting first;
  private final List<Sighting> above;
  private final Set<Map<String, String>> variants = new LinkedHashSet<>();
  private Sighting last;
  private long count;

  /**
   * @param order how many cases there were before
   * @param above lines above the first one that tell more
   */
  Case(Rule rule, int order, Sighting first, List<Sighting> above) {
    this.rule = rule;
    this.order = order;
    this.first = first;
    this.last = first;
    this.above = List.copyOf(above);
  }

  void count(Sighting sighting, Map<String, String> holes) {
    count++;
    last = sighting;
    if (variants.size() < MOST_VARIANTS) {
      variants.add(holes);
    }
  }

  Rule rule() {
    return rule;
  }

  int order() {
    return order;
  }

  /** What was in the holes, each different time. */
  List<Map<String, String>> variants() {
    return Collections.unmodifiableList(new ArrayList<>(variants));
  }

  Diagnosed diagnosed(List<String> fix, List<Bound> bounds) {
    return new Diagnosed(
        rule.id(),
        rule.kind(),
        count,
        first,
        last,
        above,
        rule.cause(),
        fix,
        bounds,
        rule.sources());
  }
}
