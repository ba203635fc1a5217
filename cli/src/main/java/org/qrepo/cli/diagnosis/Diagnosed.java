package org.qrepo.cli.diagnosis;

import java.util.ArrayList;
import java.util.List;
import org.qrepo.Finding;

/**
 * A known failure that the logs show.
 *
 * @param id of its rule, stable
 * @param count how many lines show it
 * @param first of these lines
 * @param last of these lines
 * @param above lines above the first one that tell more
 * @param cause in one line
 * @param fix what to do; lines that begin with {@code $} are commands
 * @param bounds where the sources of the builder have the bound that is not met
 * @param sources what it is known from
 */
public record Diagnosed(
    String id,
    Rule.Kind kind,
    long count,
    Sighting first,
    Sighting last,
    List<Sighting> above,
    String cause,
    List<String> fix,
    List<Bound> bounds,
    List<String> sources) {
  public Diagnosed {
    above = List.copyOf(above);
    fix = List.copyOf(fix);
    bounds = List.copyOf(bounds);
    sources = List.copyOf(sources);
  }

  /** The same in the form of everything that qrepo finds wrong. */
  public Finding finding() {
    List<String> details = new ArrayList<>();
    details.add(first.text());
    if (count > 1) {
      details.add(count + " times, last at " + last.place());
    }
    above.forEach(line -> details.add("above it, " + line.place() + ": " + line.text()));
    details.addAll(fix);
    details.add("known from: " + String.join(", ", sources));
    return new Finding(id, first.place(), cause, details);
  }
}
