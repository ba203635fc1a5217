package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
import org.qrepo.alpm.PackageName;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.StoreCall;
import org.qrepo.store.Verb;

/**
 * Every call of a publish to its store fails in turn. Whatever is left, clients accept it or it is
 * a plain commit that was begun, which a repair ends, and separately the next publish of somebody
 * else; and the same publish run again completes the work.
 */
@Execution(ExecutionMode.CONCURRENT)
class FaultSweepTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  static Stream<Arguments> sweeps() {
    return Stream.of(Place.LOCAL_POINTER, Place.LOCAL_PLAIN, Place.CONDITIONAL)
        .flatMap(
            place ->
                Stream.of(FaultyStore.Mode.values())
                    .flatMap(
                        mode ->
                            Stream.of(true, false).map(fresh -> Arguments.of(place, mode, fresh))));
  }

  @ParameterizedTest(name = "{0}, call fails {1}, first publish: {2}")
  @MethodSource("sweeps")
  void everyCallFailsInTurn(Place place, FaultyStore.Mode mode, boolean fresh) throws IOException {
    int n = 1;
    int begun = 0;
    for (boolean reached = true; reached; n++) {
      Attempt attempt = new Attempt(place, fresh, directory.resolve("n" + n));
      FaultyStore store = new FaultyStore(attempt.stores.get(), n, mode);
      attempt.run(store);
      reached = store.count() >= n;
      begun += attempt.judge(store.calls(), n) ? 0 : 1;
      attempt.completes();
    }
    assertThat(n).as("calls").isGreaterThan(20);
    if (place.layout == Layout.POINTER) {
      assertThat(begun).as("states that clients refuse").isZero();
    } else {
      assertThat(begun)
          .as("states that clients refuse")
          .isBetween(mode == FaultyStore.Mode.AFTER ? 0 : 1, 12);
    }
    System.out.printf(
        "fault sweep: %s, %s, %s: %d points, %d states that clients refuse%n",
        place, mode, fresh ? "first publish" : "update", n - 1, begun);
  }

  /** One publish of two new packages and one removal. */
  static final class Attempt {
    private static final Map<String, String> NEWER = Map.of("a", "2-1", "b", "1-1");

    private final Place place;
    private final Path directory;
    final Supplier<Store> stores;
    private final Workshop shop;
    private final Change change;
    private final boolean fresh;

    Attempt(Place place, boolean fresh, Path directory) throws IOException {
      this(place, place.open(directory.resolve("tree")), fresh, directory);
    }

    /**
     * @param place what the stores are like
     */
    Attempt(Place place, Supplier<Store> stores, boolean fresh, Path directory) throws IOException {
      this.place = place;
      this.directory = directory;
      this.stores = stores;
      this.fresh = fresh;
      this.shop = new Workshop(directory).layout(place.layout);
      // The same generation is made again, and signed with other bytes.
      shop.clock = Workshop.fixed("2026-01-02T03:04:05Z");
      shop.key = StampKey.signingAnew('A');
      if (!fresh) {
        shop.add(stores.get(), shop.sample("old", "1-1"), shop.sample("a", "1-1"));
      }
      this.change =
          new Change(
              List.of(shop.sample("a", "2-1"), shop.sample("b", "1-1")),
              fresh ? Set.of() : Set.of(new PackageName("old")),
              Change.Options.NONE);
    }

    void run(FaultyStore store) {
      try (store) {
        shop.publisher(store).publish(change, Publisher.Approval.ANY);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("fault made");
      }
    }

    /**
     * Whether clients accept what is there; if not, only a commit that was begun may be the reason.
     */
    boolean judge(List<StoreCall> calls, int n) throws IOException {
      Store store = stores.get();
      if (store.stat(new StoreKey("t.db")).isEmpty()) {
        assertThat(fresh).as("the database is gone after call " + n).isTrue();
        return true;
      }
      boolean good = Workshop.isPairGood(store, shop.key);
      if (!good) {
        assertThat(calls)
            .as("the commit has begun at call " + n)
            .anyMatch(
                c -> c.verb() == Verb.SWAP && c.key().equals(Optional.of(new StoreKey("t.db"))));
        if (place == Place.LOCAL_PLAIN) {
          new BegunCommit(shop, directory.resolve("tree"), directory, NEWER).assertRestored();
        }
      }
      return good;
    }

    void completes() throws IOException {
      Store store = stores.get();
      shop.publisher(store).publish(change, Publisher.Approval.ANY);
      assertThat(shop.published(store)).isEqualTo(NEWER);
      assertThat(Workshop.isPairGood(store, shop.key)).isTrue();
      assertThat(shop.publisher(store).publish(change, Publisher.Approval.ANY).outcome())
          .isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
      for (String name : List.of("a-2-1", "b-1-1")) {
        assertThat(store.stat(new StoreKey(name + "-any.pkg.tar.zst"))).isPresent();
        assertThat(store.stat(new StoreKey(name + "-any.pkg.tar.zst.sig"))).isPresent();
      }
      assertThat(shop.history(store).chain(10).size()).isLessThanOrEqualTo(fresh ? 2 : 3);
    }
  }
}
