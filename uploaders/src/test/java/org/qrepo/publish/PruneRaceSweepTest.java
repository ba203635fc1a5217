package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.RefusedException;
import org.qrepo.store.MemoryStore;

/**
 * A prune deletes what was announced, from beginning to end, before the n-th call of a publish or a
 * promotion that brings an announced package back, for every n: the package is there in the end,
 * and nobody is told a reason that is none.
 */
@Execution(ExecutionMode.CONCURRENT)
class PruneRaceSweepTest {
  private static final StoreKey PACKAGE = new StoreKey("a-2-1-any.pkg.tar.zst");

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  @ParameterizedTest(name = "{0}, promotion: {1}")
  @CsvSource({"POINTER, false", "POINTER, true", "PLAIN, false", "PLAIN, true"})
  void aPruneComesBeforeEveryCall(Layout layout, boolean promotion) throws IOException {
    int deletions = 0;
    boolean reached = true;
    int n = 1;
    for (; reached; n++) {
      Race race = new Race(layout, directory.resolve("n" + n));
      reached = race.run(n, promotion);
      deletions += race.deleted ? 1 : 0;
    }
    assertThat(deletions).as("prunes that took the package away").isGreaterThan(10);
    System.out.printf(
        "prune race sweep: %s, %s: %d points, %d times the package was deleted meanwhile%n",
        layout, promotion ? "promotion" : "publish", n - 1, deletions);
  }

  /** One publish, and one prune in its midst. */
  private static final class Race {
    private static final PrunePolicy NOTHING = new PrunePolicy(0, Duration.ZERO);

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final MemoryStore store =
        new MemoryStore(new StoreTraits(true, true, false, 2), () -> now, ChronoUnit.NANOS);
    private final MemoryStore testing =
        new MemoryStore(new StoreTraits(true, true, false, 2), () -> now, ChronoUnit.NANOS);
    private final Workshop ours;
    private final Workshop theirs;
    private final Workshop testers;
    private boolean away;
    private boolean deleted;

    Race(Layout layout, Path directory) throws IOException {
      ours = new Workshop(directory.resolve("ours")).layout(layout);
      theirs = new Workshop(directory.resolve("theirs")).layout(layout);
      ours.clock = () -> now;
      theirs.clock = () -> now;
      testers = new Workshop(directory.resolve("testers"));
      testers.clock = () -> now;
      theirs.patience = Duration.ZERO;
      for (int i = 1; i <= 3; i++) {
        ours.add(store, ours.sample("a", i + "-1"));
        now = now.plus(Duration.ofDays(10));
      }
      testers.add(testing, testers.sample("a", "2-1"));
      theirs.pruner(store.another()).prune(NOTHING);
      now = now.plus(Duration.ofDays(2));
    }

    boolean run(int n, boolean promotion) throws IOException {
      HookedStore hooked =
          new HookedStore(
              store.another(),
              (number, call) -> {
                if (number == n && !away) {
                  away = true;
                  prune();
                }
              });
      Intent back =
          promotion
              ? new Promotion(testers.source(testing), Optional.empty(), Duration.ZERO, true)
              : new Change(
                  List.of(ours.sample("a", "2-1")),
                  Set.of(),
                  new Change.Options(false, false, true));
      Receipt receipt = ours.publisher(hooked).publish(back, Publisher.Approval.ANY);
      assertThat(receipt.outcome()).as("call " + n).isEqualTo(Receipt.Outcome.PUBLISHED);
      assertThere("published, call " + n);
      for (int i = 0; i < 2; i++) {
        now = now.plus(Duration.ofDays(2));
        theirs.pruner(store.another()).prune(NOTHING);
      }
      assertThere("pruned again, call " + n);
      return hooked.count() >= n;
    }

    private void assertThere(String what) throws IOException {
      assertThat(ours.published(store)).as(what).isEqualTo(Map.of("a", "2-1"));
      assertThat(Workshop.isPairGood(store, ours.key)).as(what).isTrue();
      assertThat(store.stat(PACKAGE)).as(what).isPresent();
      assertThat(store.stat(Names.signature(PACKAGE))).as(what).isPresent();
    }

    /** One that meets the lock, or a publisher at work, goes away. */
    private void prune() {
      try {
        PruneReport report = theirs.pruner(store.another()).prune(NOTHING);
        deleted = report.deleted().packages().contains(PACKAGE);
      } catch (LockedException e) {
        deleted = false;
      } catch (RefusedException e) {
        assertThat(e.findings()).extracting(f -> f.id()).containsExactly("publish-under-way");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
