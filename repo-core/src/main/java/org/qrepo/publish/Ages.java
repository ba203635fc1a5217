package org.qrepo.publish;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.database.DatabaseEntry;

/** Tells since when a repository has had its packages, by the signed times of its chain. */
final class Ages {
  private final History history;
  private final Instant now;

  Ages(History history, Instant now) {
    this.history = history;
    this.now = now;
  }

  /**
   * Findings for the entries of the live generation that are younger than an age. The chain is
   * walked back only as far as it takes; where its older part is gone, what is left of it counts.
   */
  List<Finding> younger(Generation live, Collection<DatabaseEntry> entries, Duration minAge)
      throws IOException {
    Map<DatabaseEntry, Instant> since = new HashMap<>();
    List<DatabaseEntry> open = new ArrayList<>(entries);
    Optional<Generation> next = Optional.of(live);
    while (next.isPresent() && !open.isEmpty() && !minAge.isZero()) {
      Generation generation = next.get();
      Instant time = generation.lineage().time();
      open.stream().filter(e -> has(generation, e)).forEach(e -> since.put(e, time));
      open.removeIf(e -> has(generation, e) && isOldEnough(time, minAge));
      next = open.isEmpty() ? Optional.empty() : history.parent(generation);
    }
    return minAge.isZero()
        ? List.of()
        : open.stream()
            .map(e -> finding(e, since.getOrDefault(e, live.lineage().time()), minAge))
            .toList();
  }

  private boolean isOldEnough(Instant time, Duration minAge) {
    return Duration.between(time, now).compareTo(minAge) >= 0;
  }

  /** The same version with the same bytes. */
  private static boolean has(Generation generation, DatabaseEntry entry) {
    return generation
        .database()
        .entry(entry.name())
        .filter(e -> e.version().equals(entry.version()) && e.sha256().equals(entry.sha256()))
        .isPresent();
  }

  private static Finding finding(DatabaseEntry entry, Instant since, Duration minAge) {
    return Finding.of(
        "package-too-young",
        entry.toString(),
        "has not been in the source for long enough",
        "there since  " + since,
        "fit from     " + since.plus(minAge));
  }
}
