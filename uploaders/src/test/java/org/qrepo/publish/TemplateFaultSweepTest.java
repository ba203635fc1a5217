package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.RefusedException;
import org.qrepo.Tools;
import org.qrepo.io.Blob;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.StoreCall;
import org.qrepo.store.Verb;

/**
 * Every call of a publish of templates, and of a prune, fails in turn ({@code -Dqrepo.full=true}:
 * in every way). Whatever is left, clients accept it or it is a plain commit that was begun, which
 * a repair without a key ends; and the same work run again completes.
 */
@Execution(ExecutionMode.CONCURRENT)
class TemplateFaultSweepTest {
  private static final boolean FULL = Boolean.getBoolean("qrepo.full");

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  @BeforeAll
  static void tools() {
    Tools.require("rpmbuild");
  }

  /** What is done before, and what fails. */
  enum Work {
    FIRST,
    UPDATE,
    ADOPTION
  }

  static Stream<Arguments> sweeps() {
    return Stream.of(Place.LOCAL_POINTER, Place.LOCAL_PLAIN, Place.CONDITIONAL)
        .flatMap(
            place ->
                Stream.of(FaultyStore.Mode.values())
                    .flatMap(
                        mode ->
                            Stream.of(Work.values())
                                .filter(work -> FULL || isUsual(mode, work))
                                .map(work -> Arguments.of(place, mode, work))));
  }

  /** The process ends at each call of every work; an update meets other failures too. */
  private static boolean isUsual(FaultyStore.Mode mode, Work work) {
    return mode == FaultyStore.Mode.FROM_THEN_ON
        || (mode == FaultyStore.Mode.AFTER && work == Work.UPDATE);
  }

  @ParameterizedTest(name = "{0}, call fails {1}, {2}")
  @MethodSource("sweeps")
  void everyCallOfAPublishFailsInTurn(Place place, FaultyStore.Mode mode, Work work)
      throws IOException {
    int begun = 0;
    int n = 1;
    for (boolean reached = true; reached; n++) {
      Path here = directory.resolve("n" + n);
      TemplateWorkshop shop = new TemplateWorkshop(here, place.layout);
      shop.clock = Workshop.fixed("2026-01-02T03:04:05Z");
      shop.key = StampKey.signingAnew('A');
      Supplier<Store> stores = place.open(here.resolve("tree"));
      TemplateChange change = prepare(shop, stores, work);
      FaultyStore store = new FaultyStore(stores.get(), n, mode);
      run(() -> shop.publisher(store).publish(change), store);
      reached = store.count() >= n;
      begun += judge(shop, stores, store.calls(), work, n) ? 0 : 1;
      completes(shop, stores, change, work);
    }
    assertThat(n).as("calls").isGreaterThan(20);
    assertThat(begun)
        .as("states that clients refuse")
        .isBetween(0, place.layout == Layout.POINTER ? 0 : 3);
    System.out.printf(
        "template fault sweep: %s, %s, %s: %d points, %d states that clients refuse%n",
        place, mode, work, n - 1, begun);
  }

  private static TemplateChange prepare(TemplateWorkshop shop, Supplier<Store> stores, Work work)
      throws IOException {
    if (work == Work.ADOPTION) {
      Workshop.put(stores.get(), "repodata/repomd.xml", "<repomd><revision>1</revision></repomd>");
      stores
          .get()
          .putOnce(
              new StoreKey("rpm/qubes-template-a-1-1.noarch.rpm"),
              Blob.of(TemplateWorkshop.rpm("a", "1", "A template")));
      return TemplateChange.adopting();
    }
    if (work == Work.UPDATE) {
      shop.add(stores.get(), TemplateWorkshop.input("a", "1"), TemplateWorkshop.input("b", "1"));
    }
    return new TemplateChange(
        List.of(TemplateWorkshop.input("a", "2"), TemplateWorkshop.input("c", "1")),
        work == Work.UPDATE ? Set.of("b") : Set.of(),
        Optional.empty(),
        TemplateChange.Options.NONE);
  }

  private static void run(Step step, FaultyStore store) throws IOException {
    try (store) {
      step.run();
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("fault made");
    }
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  /** Whether clients accept what is there; if not, only a begun commit may be the reason. */
  private static boolean judge(
      TemplateWorkshop shop, Supplier<Store> stores, List<StoreCall> calls, Work work, int n)
      throws IOException {
    Store store = stores.get();
    if (store.stat(TemplateNames.INDEX).isEmpty()) {
      assertThat(work).as("the index is gone after call " + n).isEqualTo(Work.FIRST);
      return true;
    }
    boolean foreign =
        work == Work.ADOPTION
            && new String(
                    Workshop.read(store, "repodata/repomd.xml").orElseThrow(),
                    StandardCharsets.UTF_8)
                .startsWith("<repomd>");
    if (foreign) {
      return true;
    }
    boolean good = shop.isPairGood(store);
    if (!good) {
      assertThat(calls)
          .as("the commit has begun at call " + n)
          .anyMatch(c -> c.verb() == Verb.SWAP && c.key().equals(Optional.of(TemplateNames.INDEX)));
      StampKey key = shop.key;
      shop.key = new StampKey('B', 'A');
      assertThat(shop.history(stores.get()).repair(Duration.ofSeconds(5))).isTrue();
      shop.key = key;
      assertThat(shop.isPairGood(store)).isTrue();
      assertThat(shop.history(stores.get()).repair(Duration.ofSeconds(5))).isFalse();
    }
    shop.assertWhole(store);
    return good;
  }

  private static void completes(
      TemplateWorkshop shop, Supplier<Store> stores, TemplateChange change, Work work)
      throws IOException {
    boolean adopted = work == Work.ADOPTION && shop.isPairGood(stores.get());
    if (!adopted) {
      try {
        shop.publisher(stores.get()).publish(change);
      } catch (RefusedException e) {
        // What was to be removed is gone already.
        assertThat(e.findings().get(0).id()).isEqualTo("template-unknown");
        assertThat(work).isEqualTo(Work.UPDATE);
      }
    }
    assertThat(shop.published(stores.get()))
        .isEqualTo(
            switch (work) {
              case FIRST -> List.of("a-2-1", "c-1-1");
              case UPDATE -> List.of("a-1-1", "a-2-1", "c-1-1");
              case ADOPTION -> List.of("a-1-1");
            });
    assertThat(shop.isPairGood(stores.get())).isTrue();
    shop.assertWhole(stores.get());
  }

  @ParameterizedTest(name = "{0}, call fails {1}")
  @MethodSource("prunes")
  void everyCallOfAPruneFailsInTurn(Place place, FaultyStore.Mode mode) throws IOException {
    PrunePolicy now = new PrunePolicy(0, Duration.ZERO, Duration.ZERO);
    int n = 1;
    for (boolean reached = true; reached; n++) {
      Path here = directory.resolve("n" + n);
      TemplateWorkshop shop = new TemplateWorkshop(here, place.layout);
      shop.clock = Workshop.fixed("2026-01-02T03:04:05Z");
      Supplier<Store> stores = place.open(here.resolve("tree"));
      shop.add(stores.get(), TemplateWorkshop.input("a", "1"));
      shop.add(stores.get(), TemplateWorkshop.input("a", "2"));
      shop.publisher(stores.get()).publish(TemplateChange.removing(Set.of("qubes-template-a-1-1")));
      shop.pruner(stores.get()).prune(now);
      FaultyStore store = new FaultyStore(stores.get(), n, mode);
      run(() -> shop.pruner(store).prune(now), store);
      reached = store.count() >= n;
      assertThat(shop.isPairGood(stores.get())).isTrue();
      shop.assertWhole(stores.get());
      for (int i = 0; i < 3; i++) {
        shop.pruner(stores.get()).prune(now);
      }
      assertThat(stores.get().list(Optional.of(TemplateNames.PACKAGES)))
          .as("after call " + n)
          .extracting(StoreKey::name)
          .containsExactly("qubes-template-a-2-1.noarch.rpm");
      assertThat(stores.get().folders(Optional.of(TemplateNames.GENERATIONS))).hasSize(1);
      assertThat(shop.published(stores.get())).containsExactly("a-2-1");
    }
    assertThat(n).isGreaterThan(30);
  }

  static Stream<Arguments> prunes() {
    return Stream.of(Place.LOCAL_POINTER, Place.CONDITIONAL)
        .flatMap(
            place ->
                Stream.of(FaultyStore.Mode.BEFORE, FaultyStore.Mode.FROM_THEN_ON)
                    .filter(mode -> FULL || mode == FaultyStore.Mode.FROM_THEN_ON)
                    .map(mode -> Arguments.of(place, mode)));
  }
}
