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
import org.qrepo.io.Digests;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.Verb;

/**
 * Every call of a re-signing to its store fails in turn. Whatever is left, every package has a
 * signature of the old key or of the new one; the same re-signing run again completes the work, and
 * then the old key is needed no more.
 */
@Execution(ExecutionMode.CONCURRENT)
class ResigningFaultSweepTest {
  private static final Map<String, String> PACKAGES = Map.of("a", "1-1", "b", "1-1", "c", "1-1");

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  static Stream<Arguments> sweeps() {
    return Stream.of(Place.values())
        .filter(place -> place != Place.PUT_ONLY)
        .flatMap(
            place -> Stream.of(FaultyStore.Mode.values()).map(mode -> Arguments.of(place, mode)));
  }

  @ParameterizedTest(name = "{0}, call fails {1}")
  @MethodSource("sweeps")
  void everyCallFailsInTurn(Place place, FaultyStore.Mode mode) throws IOException {
    // On a disk each point takes its time: a few of them unless all are asked for.
    boolean all = Boolean.getBoolean("qrepo.full") || !place.name().startsWith("LOCAL");
    int step = all ? 1 : 11;
    int begun = 0;
    int mixed = 0;
    int points = 0;
    int n = all ? 1 : mode == FaultyStore.Mode.BEFORE ? 2 : mode == FaultyStore.Mode.AFTER ? 5 : 8;
    for (boolean reached = true; reached; n += step) {
      Attempt attempt = new Attempt(place, directory.resolve("n" + n));
      FaultyStore store = new FaultyStore(attempt.stores.get(), n, mode);
      attempt.run(store);
      reached = store.count() >= n;
      begun += attempt.judge(store, n) ? 0 : 1;
      mixed += attempt.isMixed() ? 1 : 0;
      attempt.completes(n);
      points++;
    }
    assertThat(n).as("calls").isGreaterThan(40);
    if (all) {
      assertThat(mixed).as("states with signatures of both keys").isPositive();
    }
    if (place.layout == Layout.POINTER) {
      assertThat(begun).as("states that clients refuse").isZero();
    } else {
      assertThat(begun).as("states that clients refuse").isBetween(0, 12);
    }
    System.out.printf(
        "fault sweep: %s, %s, re-signing: %d points, %d with both keys, %d that clients refuse%n",
        place, mode, points, mixed, begun);
  }

  private static final class Attempt {
    private final StampKey old = new StampKey('A');
    private final StampKey alone = new StampKey('B');
    private final Supplier<Store> stores;
    private final Workshop shop;

    Attempt(Place place, Path directory) throws IOException {
      this.stores = place.open(directory.resolve("tree"));
      this.shop = new Workshop(directory).layout(place.layout);
      shop.key = old;
      shop.add(
          stores.get(), shop.sample("a", "1-1"), shop.sample("b", "1-1"), shop.sample("c", "1-1"));
      shop.key = new StampKey('B').accepting(old);
    }

    private Receipt resign(Store store) throws IOException {
      return shop.publisher(store)
          .publish(new Resigning(Set.of(old.certificate())), Publisher.Approval.ANY);
    }

    void run(FaultyStore store) {
      try (store) {
        resign(store);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("fault made");
      }
    }

    /** Whether clients that trust both keys accept what is there. */
    boolean judge(FaultyStore store, int n) throws IOException {
      Store now = stores.get();
      assertThat(shop.published(now)).as("after call " + n).isEqualTo(PACKAGES);
      for (String name : PACKAGES.keySet()) {
        assertThat(verdict(now, name, shop.key))
            .as(name + " after call " + n)
            .isInstanceOf(Verifier.Verdict.Good.class);
      }
      boolean good = Workshop.isPairGood(now, shop.key);
      if (!good) {
        assertThat(store.calls())
            .as("the commit has begun at call " + n)
            .anyMatch(
                c -> c.verb() == Verb.SWAP && c.key().equals(Optional.of(new StoreKey("t.db"))));
      }
      return good;
    }

    /** Whether some packages have the new signature and some the old one. */
    boolean isMixed() throws IOException {
      Store now = stores.get();
      int renewed = 0;
      for (String name : PACKAGES.keySet()) {
        renewed += verdict(now, name, alone) instanceof Verifier.Verdict.Good ? 1 : 0;
      }
      return renewed > 0 && renewed < PACKAGES.size();
    }

    private static Verifier.Verdict verdict(Store store, String name, StampKey key)
        throws IOException {
      String file = name + "-1-1-any.pkg.tar.zst";
      byte[] bytes = Workshop.read(store, file).orElseThrow();
      byte[] signature = Workshop.read(store, file + ".sig").orElseThrow();
      return key.verify(file, signature, Digests.of(bytes, Set.of()), Verifier.Form.BINARY);
    }

    void completes(int n) throws IOException {
      Store store = stores.get();
      resign(store);
      shop.key = alone;
      assertThat(shop.published(store)).as("completed after call " + n).isEqualTo(PACKAGES);
      assertThat(Workshop.isPairGood(store, alone)).isTrue();
      for (String name : PACKAGES.keySet()) {
        assertThat(verdict(store, name, alone)).isInstanceOf(Verifier.Verdict.Good.class);
      }
      assertThat(resign(store).outcome()).isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
      shop.key = new StampKey('B').accepting(old);
      List<?> chain = shop.history(store).chain(10);
      assertThat(chain).as("chain after call " + n).hasSize(2);
    }
  }
}
