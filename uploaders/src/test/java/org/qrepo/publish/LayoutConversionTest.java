package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.MemoryStore;
import org.qrepo.store.StoreCall;
import org.qrepo.store.Verb;

/** A repository changes its layout, and the publisher may die at any call on the way. */
@Execution(ExecutionMode.CONCURRENT)
class LayoutConversionTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private final Supplier<Store> stores = MemoryStore.withLinks()::another;

  /** After a death the next publisher may have either layout in mind. */
  static Stream<Arguments> conversions() {
    return Stream.of(Layout.values())
        .flatMap(
            to ->
                Stream.of(
                    Arguments.of(to, to, FaultyStore.Mode.BEFORE),
                    Arguments.of(to, to, FaultyStore.Mode.AFTER),
                    Arguments.of(to, to, FaultyStore.Mode.FROM_THEN_ON),
                    Arguments.of(to, other(to), FaultyStore.Mode.FROM_THEN_ON)));
  }

  @ParameterizedTest(name = "to {0}, next publisher {1}, call fails {2}")
  @MethodSource("conversions")
  void everyCallOfAConversionFailsInTurn(Layout to, Layout next, FaultyStore.Mode mode)
      throws IOException {
    int refused = 0;
    boolean reached = true;
    for (int n = 1; reached; n++) {
      Supplier<Store> place = MemoryStore.withLinks()::another;
      Workshop shop = new Workshop(directory.resolve("n" + n)).layout(other(to));
      shop.add(place.get(), shop.sample("a", "1-1"));
      shop.add(place.get(), shop.sample("a", "2-1"));

      FaultyStore faulty = new FaultyStore(place.get(), n, mode);
      Throwable failure;
      try (faulty) {
        shop.layout(to);
        failure = catchThrowable(() -> shop.add(faulty, shop.sample("a", "3-1")));
      }
      reached = faulty.count() >= n;
      assertThat(failure == null || failure instanceof StoreException).isTrue();

      String after = "after call " + n + " of " + faulty.calls();
      if (!Workshop.isPairGood(place.get(), shop.key)) {
        refused++;
        assertThat(to).as(after).isEqualTo(Layout.PLAIN);
        assertThat(faulty.calls()).as(after).anyMatch(c -> is(c, Verb.SWAP, "t.db"));
      }
      assertThat(shop.published(place.get()).get("a")).as(after).isIn("2-1", "3-1");
      shop.layout(next).add(place.get(), shop.sample("b", "1-1"));
      shop.layout(next).add(place.get(), shop.sample("a", "4-1"));
      assertThat(shop.published(place.get())).as(after).isEqualTo(Map.of("a", "4-1", "b", "1-1"));
      assertThat(Workshop.isPairGood(place.get(), shop.key)).as(after).isTrue();
      assertThat(place.get().readLink(Names.CURRENT).isPresent())
          .as(after)
          .isEqualTo(next == Layout.POINTER);
    }
    System.out.printf(
        "conversion sweep: to %s, next %s, %s: %d states that clients refuse%n",
        to, next, mode, refused);
  }

  private static boolean is(StoreCall call, Verb verb, String key) {
    return call.verb() == verb && call.key().equals(Optional.of(new StoreKey(key)));
  }

  private static Layout other(Layout layout) {
    return layout == Layout.PLAIN ? Layout.POINTER : Layout.PLAIN;
  }

  @Test
  void aPointerThatWasLeftBehindNeverShowsWhatItShowedThen() throws IOException {
    Workshop shop = new Workshop(directory).layout(Layout.POINTER);
    shop.add(stores.get(), shop.sample("a", "1-1"));
    String stale = stores.get().readLink(Names.CURRENT).orElseThrow();
    shop.layout(Layout.PLAIN).add(stores.get(), shop.sample("a", "2-1"));
    stores.get().swapLink(Names.CURRENT, Optional.empty(), stale);

    Store store =
        new HookedStore(
            stores.get(),
            (number, call) -> {
              try {
                assertThat(new History(shop.spec, stores.get(), shop.key, none(), directory).live())
                    .as("before call %s", call)
                    .get()
                    .extracting(Generation::sequence)
                    .matches(s -> s >= 2, "never the first");
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    shop.layout(Layout.POINTER).add(store, shop.sample("a", "3-1"));

    assertThat(shop.published(stores.get())).isEqualTo(Map.of("a", "3-1"));
  }

  private static SeenGenerations none() {
    return new SeenGenerations() {
      @Override
      public Optional<Seen> highest(RepositoryName repository, String location) {
        return Optional.empty();
      }

      @Override
      public void record(RepositoryName repository, String location, Seen seen) {}

      @Override
      public void forget(RepositoryName repository, String location) {}
    };
  }

  @Test
  void theFolderOfTheLiveGenerationIsRestoredBeforeNamesLeadThere() throws IOException {
    Workshop shop = new Workshop(directory).layout(Layout.PLAIN);
    Receipt first = shop.add(stores.get(), shop.sample("a", "1-1"));
    removeFolder(first);
    Store store =
        new HookedStore(
            stores.get(),
            (number, call) -> {
              try {
                assertThat(Workshop.isPairGood(stores.get(), shop.key)).as("%s", call).isTrue();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });

    shop.layout(Layout.POINTER).add(store, shop.sample("b", "1-1"));

    assertThat(shop.published(stores.get())).isEqualTo(Map.of("a", "1-1", "b", "1-1"));
  }

  private void removeFolder(Receipt receipt) throws IOException {
    Store store = stores.get();
    for (StoreKey key : store.list(Optional.of(Names.generation(receipt.generation().get())))) {
      store.delete(key);
    }
  }

  @Test
  void anAlteredFolderStopsTheConversionBeforeAnythingIsWritten() throws IOException {
    Workshop shop = new Workshop(directory).layout(Layout.PLAIN);
    Receipt first = shop.add(stores.get(), shop.sample("a", "1-1"));
    Workshop.put(
        stores.get(), "generations/" + first.generation().get() + "/t.files.sig", "altered");
    Map<StoreKey, String> before = ((MemoryStore) stores.get()).contents();

    Workshop.assertRefused(
        "generation-altered",
        () -> shop.layout(Layout.POINTER).add(stores.get(), shop.sample("b", "1-1")));
    assertThat(((MemoryStore) stores.get()).contents()).isEqualTo(before);
  }

  @Test
  void finishingInThePlainLayoutLeavesAPointerThatNamesLeadThrough() throws IOException {
    Workshop shop = new Workshop(directory).layout(Layout.POINTER).aliases(false);
    shop.add(stores.get(), shop.sample("a", "1-1"));

    shop.layout(Layout.PLAIN).aliases(true).add(stores.get(), shop.sample("a", "1-1"));

    assertThat(Workshop.isPairGood(stores.get(), shop.key)).isTrue();
    assertThat(Workshop.read(stores.get(), "t.db.tar.gz")).isPresent();
    shop.add(stores.get(), shop.sample("a", "2-1"));
    assertThat(shop.published(stores.get())).isEqualTo(Map.of("a", "2-1"));
    assertThat(stores.get().readLink(Names.CURRENT)).isEmpty();
  }

  @Test
  void thePointerOfAnotherRepositoryIsLeftAlone() throws IOException {
    Workshop plain = new Workshop(directory.resolve("t")).layout(Layout.PLAIN);
    plain.publisher(stores.get()).publish(nothing(), Publisher.Approval.ANY);
    Workshop pointer = new Workshop(directory.resolve("u")).repository("u");
    pointer.publisher(stores.get()).publish(nothing(), Publisher.Approval.ANY);

    plain.add(stores.get(), plain.sample("a", "1-1"));

    assertThat(plain.published(stores.get())).isEqualTo(Map.of("a", "1-1"));
    assertThat(pointer.history(stores.get()).live()).isPresent();
    Workshop.assertRefused(
        "pointer-of-other-repository",
        () -> plain.layout(Layout.POINTER).add(stores.get(), plain.sample("a", "2-1")));
  }

  private static Change nothing() {
    return Change.adding(List.of());
  }
}
