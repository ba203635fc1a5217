package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.Verb;

/**
 * Every call of a rollback to its store fails in turn. Whatever is left is the newer or the older
 * state, which clients accept, or a plain commit that was begun; and the same rollback run again
 * completes the work.
 */
@Execution(ExecutionMode.CONCURRENT)
class RollbackFaultSweepTest {
  private static final Map<String, String> OLDER = Map.of("a", "1-1", "old", "1-1");
  private static final Map<String, String> NEWER = Map.of("a", "2-1", "b", "1-1");

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  static Stream<Arguments> sweeps() {
    return Stream.of(Place.LOCAL_POINTER, Place.LOCAL_PLAIN, Place.CONDITIONAL)
        .flatMap(
            place -> Stream.of(FaultyStore.Mode.values()).map(mode -> Arguments.of(place, mode)));
  }

  @ParameterizedTest(name = "{0}, call fails {1}")
  @MethodSource("sweeps")
  void everyCallFailsInTurn(Place place, FaultyStore.Mode mode) throws IOException {
    int n = 1;
    int begun = 0;
    for (boolean reached = true; reached; n++) {
      Attempt attempt = new Attempt(place, directory.resolve("n" + n));
      FaultyStore store = new FaultyStore(attempt.stores.get(), n, mode);
      attempt.run(store);
      reached = store.count() >= n;
      begun += attempt.judge(store, n) ? 0 : 1;
      attempt.completes(n);
    }
    assertThat(n).as("calls").isGreaterThan(40);
    if (place.layout == Layout.POINTER) {
      assertThat(begun).as("states that clients refuse").isZero();
    } else {
      assertThat(begun)
          .as("states that clients refuse")
          .isBetween(mode == FaultyStore.Mode.AFTER ? 0 : 1, 12);
    }
    System.out.printf(
        "fault sweep: %s, %s, rollback: %d points, %d states that clients refuse%n",
        place, mode, n - 1, begun);
  }

  /** A rollback of an upgrade, a new package and a removal. */
  private static final class Attempt {
    private final Supplier<Store> stores;
    private final Workshop shop;
    private final Receipt older;

    Attempt(Place place, Path directory) throws IOException {
      this.stores = place.open(directory.resolve("tree"));
      this.shop = new Workshop(directory).layout(place.layout);
      this.older = shop.add(stores.get(), shop.sample("a", "1-1"), shop.sample("old", "1-1"));
      shop.add(stores.get(), shop.sample("a", "2-1"), shop.sample("b", "1-1"));
      shop.remove(stores.get(), "old");
    }

    void run(FaultyStore store) {
      try (store) {
        shop.rollback(store, older);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("fault made");
      }
    }

    /**
     * Whether clients accept what is there; if not, only a commit that was begun may be the reason,
     * and then nobody rolls back to "the parent" without being told.
     */
    boolean judge(FaultyStore store, int n) throws IOException {
      assertThat(shop.published(stores.get())).as("after call " + n).isIn(Set.of(OLDER, NEWER));
      boolean good = Workshop.isPairGood(stores.get(), shop.key);
      if (!good) {
        assertThat(store.calls())
            .as("the commit has begun at call " + n)
            .anyMatch(
                c -> c.verb() == Verb.SWAP && c.key().equals(Optional.of(new StoreKey("t.db"))));
        Workshop.assertRefused("rollback-ambiguous", () -> shop.rollback(stores.get()));
      }
      return good;
    }

    void completes(int n) throws IOException {
      Store store = stores.get();
      shop.rollback(store, older);
      assertThat(shop.published(store)).as("completed after call " + n).isEqualTo(OLDER);
      assertThat(Workshop.isPairGood(store, shop.key)).isTrue();
      assertThat(shop.rollback(store, older).outcome())
          .isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
      assertThat(shop.history(store).chain(10).size()).as("chain after call " + n).isEqualTo(4);
      assertThat(shop.add(store, shop.sample("b", "1-1")).outcome())
          .isEqualTo(Receipt.Outcome.PUBLISHED);
    }
  }
}
