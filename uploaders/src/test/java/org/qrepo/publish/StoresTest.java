package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.qrepo.publish.Workshop.assertRefused;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.alpm.PackageName;
import org.qrepo.store.MemoryStore;
import org.qrepo.store.StoreCall;
import org.qrepo.store.Verb;

/** The main walks on every kind of store: with links or without, locked, conditional or neither. */
class StoresTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private Supplier<Store> stores = MemoryStore.conditional()::another;
  private Workshop shop = new Workshop(Path.of("."));

  private void at(Place place) {
    stores = place.open(directory.resolve("tree"));
    shop = new Workshop(directory).layout(place.layout);
  }

  @ParameterizedTest
  @EnumSource
  void aRepositoryLives(Place place) throws IOException {
    at(place);
    Receipt first = shop.add(stores.get(), shop.sample("a", "1-1"), shop.sample("b", "1-1"));
    Receipt second = shop.add(stores.get(), shop.sample("a", "2-1"));
    Receipt third = shop.remove(stores.get(), "b");

    assertThat(List.of(first, second, third))
        .extracting(Receipt::outcome)
        .containsOnly(Receipt.Outcome.PUBLISHED);
    assertThat(shop.published(stores.get())).isEqualTo(Map.of("a", "2-1"));
    assertThat(Workshop.isPairGood(stores.get(), shop.key)).isTrue();
    assertThat(shop.history(stores.get()).chain(10))
        .extracting(e -> e.generation().lineage().parent())
        .containsExactly(second.database(), first.database(), Optional.empty());
    assertThat(Workshop.read(stores.get(), "t.files.tar.gz").orElseThrow())
        .isEqualTo(Workshop.read(stores.get(), "t.files").orElseThrow());
  }

  @ParameterizedTest
  @EnumSource
  void runningAgainWritesNothing(Place place) throws IOException {
    at(place);
    shop.add(stores.get(), shop.sample("a", "1-1"));
    shop.remove(stores.get(), "a");
    List<StoreCall> writes = new ArrayList<>();
    Store watched =
        new HookedStore(
            stores.get(),
            (number, call) -> {
              if (call.verb().writes()) {
                writes.add(call);
              }
            });

    assertThat(shop.remove(watched, "a").outcome()).isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
    assertThat(writes).isEmpty();
    shop.publisher(watched).plan(Change.adding(List.of(shop.sample("b", "1-1"))));
    assertThat(writes).as("a plan").isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void refusalsWriteNothing(Place place) throws IOException {
    at(place);
    shop.add(stores.get(), shop.sample("a", "2-1"));
    Store watched =
        new HookedStore(
            stores.get(),
            (number, call) -> assertThat(call.verb().writes()).as("%s", call).isFalse());

    assertRefused("package-downgrade", () -> shop.add(watched, shop.sample("a", "1-1")));
    assertRefused("package-other-bytes", () -> shop.add(watched, shop.rebuilt("a", "2-1")));
    assertRefused("package-not-published", () -> shop.remove(watched, "b"));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PUT_ONLY")
  void aRivalThatIsFasterLosesNothing(Place place) throws IOException {
    at(place);
    shop.add(stores.get(), shop.sample("a", "1-1"));
    Workshop rival = new Workshop(directory.resolve("rival")).layout(place.layout);
    AtomicBoolean once = new AtomicBoolean();
    shop.events =
        e -> {
          if (e instanceof Event.Publishing && !once.getAndSet(true)) {
            try {
              rival.add(stores.get(), rival.sample("theirs", "1-1"));
            } catch (IOException x) {
              throw new AssertionError(x);
            }
          }
        };

    shop.add(stores.get(), shop.sample("ours", "1-1"));

    assertThat(shop.published(stores.get()).keySet()).isEqualTo(Set.of("a", "ours", "theirs"));
    assertThat(shop.history(stores.get()).chain(10)).hasSize(3);
  }

  @Test
  void whoIsAlwaysTooLateStopsAfterTheAttemptsAndSaysSo() throws IOException {
    at(Place.CONDITIONAL);
    shop.attempts = 3;
    shop.patience = Duration.ZERO;
    beBeaten(Integer.MAX_VALUE);

    assertThatThrownBy(() -> shop.add(stores.get(), shop.sample("ours", "1-1")))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("each of 3 attempts");
    assertThat(shop.published(stores.get())).isEqualTo(Map.of("theirs", "3-1"));
  }

  @Test
  void whoIsTooLateTriesAgainAsLongAsPatienceLasts() throws IOException {
    at(Place.CONDITIONAL);
    shop.attempts = 1;
    shop.patience = Duration.ofMinutes(10);
    beBeaten(6);

    shop.add(stores.get(), shop.sample("ours", "1-1"));

    assertThat(shop.published(stores.get())).isEqualTo(Map.of("theirs", "6-1", "ours", "1-1"));
  }

  /** Somebody publishes a new version while each attempt is under way. */
  private void beBeaten(int times) throws IOException {
    Workshop rival = new Workshop(directory.resolve("rival")).layout(Layout.PLAIN);
    int[] version = {0};
    shop.events =
        e -> {
          if (e instanceof Event.Publishing && version[0] < times) {
            version[0]++;
            try {
              rival.add(stores.get(), rival.sample("theirs", version[0] + "-1"));
            } catch (IOException x) {
              throw new AssertionError(x);
            }
          }
        };
  }

  @Test
  void aBegunCommitIsFinishedEvenIfThereIsOneAttemptOnly() throws IOException {
    at(Place.CONDITIONAL);
    shop.add(stores.get(), shop.sample("a", "1-1"));
    byte[] old = Workshop.read(stores.get(), "t.db.sig").orElseThrow();
    shop.add(stores.get(), shop.sample("a", "2-1"));
    Workshop.put(stores.get(), "t.db.sig", new String(old, StandardCharsets.UTF_8));
    assertThat(Workshop.isPairGood(stores.get(), shop.key)).isFalse();
    shop.attempts = 1;

    shop.add(stores.get(), shop.sample("b", "1-1"));

    assertThat(shop.published(stores.get())).isEqualTo(Map.of("a", "2-1", "b", "1-1"));
  }

  /** The lock is lost at the n-th confirmation, for every n. */
  @ParameterizedTest
  @EnumSource(names = {"LINKS_POINTER", "LINKS_PLAIN"})
  void aLostLockLosesNothing(Place place) throws IOException {
    boolean reached = true;
    for (int n = 1; reached; n++) {
      at(place);
      shop = new Workshop(directory.resolve("n" + n)).layout(place.layout);
      shop.add(stores.get(), shop.sample("a", "1-1"));
      int[] confirmed = {0};
      int lost = n;
      Store store =
          new HookedStore(
              stores.get(),
              (number, call) -> {
                if (call.verb() == Verb.CONFIRM) {
                  confirmed[0]++;
                  if (confirmed[0] == lost) {
                    throw new StoreException(StoreException.Kind.CONFLICT, "the lock was lost");
                  }
                }
              });
      boolean told = false;
      try {
        shop.add(store, shop.sample("a", "2-1"));
      } catch (StoreException e) {
        told = true;
        assertThat(e).hasMessage("the lock was lost");
      }
      reached = confirmed[0] >= n;

      assertThat(told && place == Place.LINKS_POINTER).as("confirmation " + n).isFalse();
      shop.add(stores.get(), shop.sample("a", "2-1"));
      assertThat(shop.published(stores.get())).isEqualTo(Map.of("a", "2-1"));
      assertThat(Workshop.isPairGood(stores.get(), shop.key)).isTrue();
      assertThat(shop.history(stores.get()).chain(10)).hasSize(2);
    }
  }

  @Test
  void aChangeDoesNotAddAndRemoveTheSamePackage() throws IOException {
    at(Place.CONDITIONAL);
    shop.add(stores.get(), shop.sample("a", "1-1"));
    Change both =
        new Change(
            List.of(shop.sample("a", "2-1")), Set.of(new PackageName("a")), Change.Options.NONE);

    assertRefused(
        "package-added-and-removed",
        () -> shop.publisher(stores.get()).publish(both, Publisher.Approval.ANY));
  }

  /** Clients compare the times of signatures and of file lists too. */
  @ParameterizedTest
  @EnumSource(names = {"CONDITIONAL", "PUT_ONLY"})
  void everyLiveNamesTimeGrowsByASecond(Place place) throws IOException {
    ManualClock clock = new ManualClock();
    MemoryStore memory =
        new MemoryStore(
            (place == Place.CONDITIONAL ? MemoryStore.conditional() : MemoryStore.plain()).traits(),
            clock::now,
            ChronoUnit.SECONDS);
    at(place);
    shop.pause = clock::pass;
    Map<String, Instant> last = new HashMap<>();
    for (int version = 1; version <= 4; version++) {
      // Half a second goes by in the midst of each commit.
      Store store =
          new HookedStore(
              memory,
              (number, call) -> {
                if (call.verb() == Verb.SWAP
                    && call.key().equals(Optional.of(new StoreKey("t.db.sig")))) {
                  clock.pass(Duration.ofMillis(600));
                }
              });
      shop.add(store, shop.sample("a", version + "-1"));
      for (String name : List.of("t.db", "t.db.sig", "t.files", "t.files.sig")) {
        Instant time = memory.stat(new StoreKey(name)).orElseThrow().lastModified();
        Instant before = last.put(name, time);
        assertThat(time).as(name).isAfter(before == null ? Instant.MIN : before);
      }
    }
  }

  /** A clock that goes on only when somebody waits. */
  private static final class ManualClock {
    private Instant now = Instant.parse("2026-01-01T00:00:00.900Z");

    synchronized Instant now() {
      return now;
    }

    synchronized void pass(Duration duration) {
      now = now.plus(duration);
    }
  }
}
