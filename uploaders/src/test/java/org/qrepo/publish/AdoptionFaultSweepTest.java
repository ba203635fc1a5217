package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.Verb;

/**
 * Every call of an adoption to its store fails in turn. Whatever is left is repo-add's state to the
 * byte, or the first generation, or a plain commit that was begun; and the same adoption run again
 * completes the work and leaves nothing behind.
 */
@Execution(ExecutionMode.CONCURRENT)
class AdoptionFaultSweepTest {
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
    int step = all ? 1 : 17;
    int begun = 0;
    int points = 0;
    int n = all ? 1 : mode == FaultyStore.Mode.BEFORE ? 3 : mode == FaultyStore.Mode.AFTER ? 8 : 13;
    for (boolean reached = true; reached; n += step) {
      Attempt attempt = new Attempt(place, directory.resolve("n" + n));
      FaultyStore store = new FaultyStore(attempt.stores.get(), n, mode);
      attempt.run(store);
      reached = store.count() >= n;
      begun += attempt.judge(store, n) ? 0 : 1;
      attempt.completes(n);
      points++;
    }
    assertThat(n).as("calls").isGreaterThan(60);
    if (place.layout == Layout.POINTER) {
      assertThat(begun).as("states that clients refuse").isZero();
    } else {
      assertThat(begun)
          .as("states that clients refuse")
          .isBetween(all && mode != FaultyStore.Mode.AFTER ? 1 : 0, 3);
    }
    System.out.printf(
        "fault sweep: %s, %s, adoption: %d points, %d states that clients refuse%n",
        place, mode, points, begun);
  }

  /** Before each call somebody looks: what clients see never goes away, nor is it ever mixed. */
  @ParameterizedTest
  @EnumSource(
      value = Place.class,
      names = {"LOCAL_POINTER", "LINKS_POINTER"})
  void inThePointerLayoutAllNamesChangeAtOnce(Place place) throws IOException {
    Attempt attempt = new Attempt(place, directory);
    Store eyes = attempt.stores.get();
    Seen old = Seen.of(eyes);
    HookedStore watched =
        new HookedStore(
            attempt.stores.get(),
            (number, call) -> {
              try {
                Seen now = Seen.of(eyes);
                assertThat(now.equals(old) || attempt.isNew(eyes))
                    .as("before call " + number + ", " + call)
                    .isTrue();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    attempt.adopt(watched);
    assertThat(watched.count()).isGreaterThan(60);
    assertThat(attempt.isNew(eyes)).isTrue();
  }

  /** What a client fetches. */
  private record Seen(Map<Part, String> parts) {
    static Seen of(Store store) throws IOException {
      Map<Part, String> parts = new java.util.EnumMap<>(Part.class);
      for (Part part : Part.values()) {
        Optional<byte[]> bytes = Workshop.read(store, part.fileName(new RepositoryName("t")));
        parts.put(part, bytes.map(Arrays::toString).orElse("absent"));
      }
      return new Seen(parts);
    }
  }

  /** A signed repository with a package that is unsigned and one whose signature is stale. */
  private static final class Attempt {
    private final Supplier<Store> stores;
    private final Workshop shop;
    private final Seen old;

    Attempt(Place place, Path directory) throws IOException {
      this.stores = place.open(directory.resolve("tree"));
      this.shop = new Workshop(directory).layout(place.layout);
      Store store = stores.get();
      ForeignTree tree = new ForeignTree(store);
      tree.add(shop.sample("a", "1-1")).sign("a-1-1-any.pkg.tar.zst", shop.key);
      tree.add(shop.sample("b", "1-1"));
      tree.add(shop.sample("c", "1-1")).put("c-1-1-any.pkg.tar.zst.sig", new byte[0]);
      tree.index().signDatabases(shop.key);
      this.old = Seen.of(store);
    }

    Receipt adopt(Store store) throws IOException {
      return shop.publisher(store)
          .publish(new Adoption(Adoption.Options.NONE), Publisher.Approval.ANY);
    }

    void run(FaultyStore store) {
      try (store) {
        adopt(store);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("fault made");
      }
    }

    boolean isNew(Store store) throws IOException {
      return Workshop.isPairGood(store, shop.key) && !Seen.of(store).equals(old);
    }

    /** Whether what clients see is the old state or the new one, whole. */
    boolean judge(FaultyStore store, int n) throws IOException {
      Store now = stores.get();
      if (Seen.of(now).equals(old)) {
        Workshop.assertRefused(
            "database-without-lineage", () -> shop.add(now, shop.sample("z", "1-1")));
        return true;
      }
      assertThat(shop.published(now)).as("after call " + n).isEqualTo(PACKAGES);
      boolean good = Workshop.isPairGood(now, shop.key);
      if (!good) {
        assertThat(store.calls())
            .as("the commit has begun at call " + n)
            .anyMatch(
                c -> c.verb() == Verb.SWAP && c.key().equals(Optional.of(new StoreKey("t.db"))));
      }
      return good;
    }

    void completes(int n) throws IOException {
      Store store = stores.get();
      String after = "completed after call " + n;
      adopt(store);
      assertThat(shop.published(store)).as(after).isEqualTo(PACKAGES);
      assertThat(Workshop.isPairGood(store, shop.key)).as(after).isTrue();
      assertThat(adopt(store).outcome()).as(after).isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
      assertThat(shop.history(store).chain(10).size()).as(after).isEqualTo(1);
      assertThat(store.folders(Optional.empty()))
          .as(after)
          .extracting(StoreKey::value)
          .doesNotContain("adopting");
      for (String name : PACKAGES.keySet()) {
        byte[] bytes = Workshop.read(store, name + "-1-1-any.pkg.tar.zst").orElseThrow();
        assertThat(Workshop.read(store, name + "-1-1-any.pkg.tar.zst.sig"))
            .as(after)
            .hasValueSatisfying(
                s -> assertThat(s).isEqualTo(ForeignTree.signature(shop.key, bytes)));
      }
      assertThat(shop.add(store, shop.sample("b", "2-1")).outcome())
          .isEqualTo(Receipt.Outcome.PUBLISHED);
    }
  }
}
