package org.qrepo.cli.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.Finding;

/** Collects everything that is wrong, so that it is said at once. */
final class Findings {
  private static final Pattern PLACE = Pattern.compile(".*:([0-9]{1,7}):([0-9]{1,7})");

  private final List<Finding> list = new ArrayList<>();

  void add(String id, String where, String reason, String... details) {
    list.add(Finding.of(id, where, reason, details));
  }

  /**
   * Ends the collection.
   *
   * @throws ConfigException if anything was wrong, in the order of the file
   */
  void check() {
    if (!list.isEmpty()) {
      list.sort(Comparator.comparingInt(Findings::line).thenComparingInt(Findings::column));
      throw new ConfigException(list);
    }
  }

  private static int line(Finding finding) {
    return number(finding, 1);
  }

  private static int column(Finding finding) {
    return number(finding, 2);
  }

  private static int number(Finding finding, int group) {
    Matcher place = PLACE.matcher(finding.subject());
    return place.matches() ? Integer.parseInt(place.group(group)) : Integer.MAX_VALUE;
  }
}
