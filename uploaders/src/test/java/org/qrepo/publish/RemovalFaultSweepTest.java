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
 * Every call of a removal to its store fails in turn. Whatever is left is the state before or after
 * it, which clients accept, or a plain commit that was begun, which a repair ends, and separately
 * the next publish of somebody else; and the same removal run again completes the work.
 */
@Execution(ExecutionMode.CONCURRENT)
class RemovalFaultSweepTest {
  private static final Map<String, String> OLDER = Map.of("a", "1-1", "old", "1-1");
  private static final Map<String, String> NEWER = Map.of("a", "1-1");

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
    assertThat(n).as("calls").isGreaterThan(30);
    if (place.layout == Layout.POINTER) {
      assertThat(begun).as("states that clients refuse").isZero();
    } else {
      assertThat(begun)
          .as("states that clients refuse")
          .isBetween(mode == FaultyStore.Mode.AFTER ? 0 : 1, 12);
    }
    System.out.printf(
        "fault sweep: %s, %s, removal: %d points, %d states that clients refuse%n",
        place, mode, n - 1, begun);
  }

  private static final class Attempt {
    private final Place place;
    private final Path directory;
    private final Supplier<Store> stores;
    private final Workshop shop;

    Attempt(Place place, Path directory) throws IOException {
      this.place = place;
      this.directory = directory;
      this.stores = place.open(directory.resolve("tree"));
      this.shop = new Workshop(directory).layout(place.layout);
      shop.add(stores.get(), shop.sample("a", "1-1"), shop.sample("old", "1-1"));
    }

    void run(FaultyStore store) {
      try (store) {
        shop.remove(store, "old");
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("fault made");
      }
    }

    /** Whether clients accept what is there. */
    boolean judge(FaultyStore store, int n) throws IOException {
      assertThat(shop.published(stores.get())).as("after call " + n).isIn(Set.of(OLDER, NEWER));
      boolean good = Workshop.isPairGood(stores.get(), shop.key);
      if (!good) {
        assertThat(store.calls())
            .as("the commit has begun at call " + n)
            .anyMatch(
                c -> c.verb() == Verb.SWAP && c.key().equals(Optional.of(new StoreKey("t.db"))));
        if (place == Place.LOCAL_PLAIN) {
          new BegunCommit(shop, directory.resolve("tree"), directory, NEWER).assertRestored();
        }
      }
      return good;
    }

    void completes(int n) throws IOException {
      Store store = stores.get();
      shop.remove(store, "old");
      assertThat(shop.published(store)).as("completed after call " + n).isEqualTo(NEWER);
      assertThat(Workshop.isPairGood(store, shop.key)).isTrue();
      assertThat(shop.remove(store, "old").outcome()).isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
      assertThat(shop.history(store).chain(10)).as("chain after call " + n).hasSize(2);
    }
  }
}
