package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.store.Verb;

/**
 * A rival publishes from beginning to end before the n-th call of a publish, for every n: nothing
 * of either is lost, and the chain stays unbroken. A rival that meets the lock goes away.
 */
@Execution(ExecutionMode.CONCURRENT)
class RaceSweepTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  @ParameterizedTest
  @CsvSource({
    "CONDITIONAL, false",
    "CONDITIONAL, true",
    "LINKS_POINTER, false",
    "LINKS_POINTER, true",
    "LINKS_PLAIN, false",
    "LINKS_PLAIN, true"
  })
  void aRivalPublishesBeforeEveryCall(Place place, boolean fresh) throws IOException {
    int rivals = 0;
    boolean reached = true;
    for (int n = 1; reached; n++) {
      Race race = new Race(place, fresh, directory.resolve("n" + n));
      reached = race.run(n);
      rivals += race.published.get() ? 1 : 0;
    }
    assertThat(rivals).as("races that took place").isGreaterThan(20);
    System.out.printf(
        "race sweep: %s, %s: %d races%n", place, fresh ? "first publish" : "update", rivals);
  }

  /** One publish, and one rival in its midst. */
  private static final class Race {
    private final Supplier<Store> stores;
    private final Workshop ours;
    private final Workshop theirs;
    private final boolean fresh;
    private final AtomicBoolean published = new AtomicBoolean();
    private boolean away;

    Race(Place place, boolean fresh, Path directory) throws IOException {
      this.stores = place.open(directory.resolve("tree"));
      this.fresh = fresh;
      this.ours = new Workshop(directory.resolve("ours")).layout(place.layout);
      this.theirs = new Workshop(directory.resolve("theirs")).layout(place.layout);
      theirs.patience = Duration.ZERO;
      if (!fresh) {
        ours.add(stores.get(), ours.sample("old", "1-1"));
      }
    }

    boolean run(int n) throws IOException {
      HookedStore store =
          new HookedStore(
              stores.get(),
              (number, call) -> {
                if (number == n && !away) {
                  away = true;
                  rival();
                }
              });
      Receipt receipt = ours.add(store, ours.sample("a", "1-1"));
      boolean reached = store.count() >= n;

      assertThat(receipt.outcome()).as("after call " + n).isEqualTo(Receipt.Outcome.PUBLISHED);
      Store after = stores.get();
      Map<String, String> all = ours.published(after);
      assertThat(all).as("after call " + n).containsEntry("a", "1-1");
      assertThat(all.containsKey("theirs")).as("after call " + n).isEqualTo(published.get());
      assertThat(all.containsKey("old")).isEqualTo(!fresh);
      assertThat(Workshop.isPairGood(after, ours.key)).as("pair after call " + n).isTrue();
      assertThat(ours.history(after).chain(10)).as("chain after call " + n).hasSize(all.size());
      assertThat(ours.add(after, ours.sample("a", "1-1")).outcome())
          .as("after call " + n)
          .isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
      return reached;
    }

    private void rival() {
      try {
        theirs.add(stores.get(), theirs.sample("theirs", "1-1"));
        published.set(true);
      } catch (LockedException e) {
        published.set(false);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * A name was disturbed, and while this publisher finds out about it, another one goes on to the
   * next generation: its signature must not be overwritten with ours.
   */
  @Test
  void aSuccessorsSignatureIsNeverOverwritten() throws IOException {
    Supplier<Store> stores = Place.CONDITIONAL.open(directory);
    Workshop ours = new Workshop(directory.resolve("ours")).layout(Layout.PLAIN);
    Workshop theirs = new Workshop(directory.resolve("theirs")).layout(Layout.PLAIN);
    ours.add(stores.get(), ours.sample("old", "1-1"));
    StoreKey signature = new StoreKey("t.db.sig");
    AtomicBoolean disturbed = new AtomicBoolean();
    AtomicBoolean succeeded = new AtomicBoolean();
    Store store =
        new HookedStore(
            stores.get(),
            (number, call) -> {
              boolean isSignature = call.key().filter(signature::equals).isPresent();
              try {
                if (isSignature && call.verb() == Verb.SWAP && !disturbed.getAndSet(true)) {
                  Workshop.put(stores.get(), "t.db.sig", "disturbed");
                } else if (isSignature
                    && call.verb() == Verb.STAT
                    && disturbed.get()
                    && !succeeded.getAndSet(true)) {
                  theirs.add(stores.get(), theirs.sample("theirs", "1-1"));
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });

    ours.add(store, ours.sample("a", "1-1"));

    assertThat(succeeded).isTrue();
    assertThat(Workshop.isPairGood(stores.get(), ours.key)).isTrue();
    assertThat(ours.published(stores.get()).keySet())
        .containsExactlyElementsOf(List.of("a", "old", "theirs"));
  }
}
