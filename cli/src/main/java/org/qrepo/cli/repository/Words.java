package org.qrepo.cli.repository;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.qrepo.publish.PackageChange;

/** How changes of packages are said. */
public final class Words {
  private static final int NAMED = 3;

  private Words() {}

  /** {@code qubes-vm-core 4.3.46-1 → 4.3.47-1}, {@code qubes-vm-gui 4.3.9-1 (new)}. */
  public static String of(PackageChange change) {
    String name = change.name().value();
    String before = change.before().map(v -> v.value()).orElse("");
    String after = change.after().map(v -> v.value()).orElse("");
    return switch (change.kind()) {
      case ADDED -> name + " " + after + " (new)";
      case REMOVED -> name + " " + before + " (removed)";
      case REBUILT -> name + " " + after + " (rebuilt)";
      case DOWNGRADED -> name + " " + before + " → " + after + " (downgrade)";
      case UPGRADED -> name + " " + before + " → " + after;
    };
  }

  /** What clients see, in one sentence's worth of words. */
  static String seen(List<PackageChange> changes) {
    List<String> parts = changes.stream().map(Words::seen).toList();
    if (parts.isEmpty()) {
      return "an empty repository";
    }
    if (parts.size() > NAMED) {
      return String.join(", ", parts.subList(0, NAMED - 1))
          + " and "
          + (parts.size() - NAMED + 1)
          + " more changes";
    }
    String last = parts.get(parts.size() - 1);
    return parts.size() == 1
        ? last
        : String.join(", ", parts.subList(0, parts.size() - 1)) + " and " + last;
  }

  private static String seen(PackageChange change) {
    return change.after().isEmpty()
        ? "no " + change.name() + " any more"
        : change.name() + " " + change.after().get();
  }

  static String kind(PackageChange change) {
    return change.kind().name().toLowerCase(Locale.ROOT);
  }

  /** {@code 2 added, 1 upgraded}. */
  public static String counts(List<PackageChange> changes) {
    return changes.stream()
        .collect(
            Collectors.groupingBy(
                PackageChange::kind, java.util.TreeMap::new, Collectors.counting()))
        .entrySet()
        .stream()
        .map(e -> e.getValue() + " " + e.getKey().name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }
}
