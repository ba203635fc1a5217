package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.alpm.PackageName;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.StoreCall;
import org.qrepo.store.Verb;
import org.qrepo.store.local.LocalStore;

/**
 * Every call of a publish to its store fails in turn. Whatever is left, clients accept it or it is
 * a plain commit that was begun; and the same publish run again completes the work.
 */
class FaultSweepTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  static Stream<Arguments> sweeps() {
    return Stream.of(Layout.values())
        .flatMap(
            layout ->
                Stream.of(FaultyStore.Mode.values())
                    .flatMap(
                        mode ->
                            Stream.of(true, false)
                                .map(fresh -> Arguments.of(layout, mode, fresh))));
  }

  @ParameterizedTest(name = "{0}, call fails {1}, first publish: {2}")
  @MethodSource("sweeps")
  void everyCallFailsInTurn(Layout layout, FaultyStore.Mode mode, boolean fresh)
      throws IOException {
    int n = 1;
    int begun = 0;
    for (boolean reached = true; reached; n++) {
      Attempt attempt = new Attempt(layout, fresh, directory.resolve("n" + n));
      FaultyStore store = new FaultyStore(new LocalStore(attempt.tree), n, mode);
      attempt.run(store);
      reached = store.count() >= n;
      begun += attempt.judge(store.calls(), n) ? 0 : 1;
      attempt.completes();
    }
    assertThat(n).as("calls").isGreaterThan(20);
    if (layout == Layout.POINTER) {
      assertThat(begun).as("states that clients refuse").isZero();
    } else {
      assertThat(begun).as("states that clients refuse").isBetween(1, 12);
    }
    System.out.printf(
        "fault sweep: %s, %s, %s: %d points, %d states that clients refuse%n",
        layout, mode, fresh ? "first publish" : "update", n - 1, begun);
  }

  /** One publish of two new packages and one removal. */
  private static final class Attempt {
    private final Path tree;
    private final Workshop shop;
    private final Change change;
    private final boolean fresh;

    Attempt(Layout layout, boolean fresh, Path directory) throws IOException {
      this.tree = directory.resolve("tree");
      this.fresh = fresh;
      this.shop = new Workshop(directory).layout(layout);
      if (!fresh) {
        shop.add(new LocalStore(tree), shop.sample("old", "1-1"), shop.sample("a", "1-1"));
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
      if (!Files.exists(tree.resolve("t.db"))) {
        assertThat(fresh).as("the database is gone after call " + n).isTrue();
        return true;
      }
      boolean good = Files.exists(tree.resolve("t.db.sig")) && Workshop.isPairGood(tree, shop.key);
      if (!good) {
        assertThat(calls)
            .as("the commit has begun at call " + n)
            .anyMatch(
                c -> c.verb() == Verb.SWAP && c.key().equals(Optional.of(new StoreKey("t.db"))));
      }
      return good;
    }

    void completes() throws IOException {
      Store store = new LocalStore(tree);
      shop.publisher(store).publish(change, Publisher.Approval.ANY);
      assertThat(shop.published(store)).isEqualTo(Map.of("a", "2-1", "b", "1-1"));
      assertThat(Workshop.isPairGood(tree, shop.key)).isTrue();
      assertThat(shop.publisher(store).publish(change, Publisher.Approval.ANY).outcome())
          .isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
      for (String name : List.of("a-2-1", "b-1-1")) {
        assertThat(tree.resolve(name + "-any.pkg.tar.zst")).exists();
        assertThat(tree.resolve(name + "-any.pkg.tar.zst.sig")).exists();
      }
      assertThat(shop.history(store).chain(10).size()).isLessThanOrEqualTo(fresh ? 2 : 3);
    }
  }
}
