package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.local.LocalStore;

/**
 * Every call of both phases of a prune fails in turn. Whatever is left, clients get everything that
 * the live generation and the kept one name; and pruning again ends where an undisturbed prune
 * does.
 */
@Execution(ExecutionMode.CONCURRENT)
class PruneSweepTest {
  private static final PrunePolicy POLICY = new PrunePolicy(1, Duration.ZERO, Duration.ZERO);

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  static Stream<Arguments> sweeps() {
    return Stream.of(Layout.values())
        .flatMap(
            layout -> Stream.of(FaultyStore.Mode.values()).map(mode -> Arguments.of(layout, mode)));
  }

  @ParameterizedTest(name = "{0}, call fails {1}")
  @MethodSource("sweeps")
  void everyCallFailsInTurn(Layout layout, FaultyStore.Mode mode) throws IOException {
    Workshop shop = new Workshop(directory).layout(layout);
    Path whole = directory.resolve("tree");
    publish(shop, whole);
    Map<String, String> before = Workshop.tree(whole);
    int n = 1;
    Set<Map<String, String>> states = new HashSet<>();
    for (boolean reached = true; reached; n++) {
      Path tree = Workshop.copy(whole, directory.resolve("n" + n));
      FaultyStore faulty = new FaultyStore(new LocalStore(tree), n, mode);
      try (faulty) {
        shop.pruner(faulty).prune(POLICY);
        shop.pruner(faulty).prune(POLICY);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("fault made");
      }
      reached = faulty.count() >= n;
      if (!states.add(Workshop.tree(tree))) {
        continue;
      }
      judge(shop, tree, "after call " + n + " of " + faulty.calls());

      for (int i = 0; i < 2; i++) {
        shop.pruner(new LocalStore(tree)).prune(POLICY);
      }
      List<GenerationId> kept = judge(shop, tree, "after pruning again");
      assertThat(Workshop.tree(tree).keySet())
          .containsExactlyInAnyOrderElementsOf(
              before.keySet().stream().filter(name -> !isGone(kept, name)).toList());
    }
    assertThat(n).isGreaterThan(100);
    assertThat(states).hasSizeGreaterThan(14);
    System.out.printf(
        "fault sweep of prune: %s, %s: %d points, %d different states, 0 that clients refuse%n",
        layout, mode, n - 1, states.size());
  }

  private static void publish(Workshop shop, Path tree) throws IOException {
    Store store = new LocalStore(tree);
    shop.add(store, shop.sample("a", "1-1"), shop.sample("b", "1-1"));
    shop.add(store, shop.sample("a", "2-1"));
    shop.add(store, shop.sample("a", "3-1"));
    shop.add(store, shop.sample("a", "4-1"));
  }

  private static boolean isGone(List<GenerationId> kept, String name) {
    return name.startsWith("a-1-1")
        || name.startsWith("a-2-1")
        || (name.startsWith("generations/")
            && kept.stream().noneMatch(id -> name.startsWith("generations/" + id)));
  }

  private static List<GenerationId> judge(Workshop shop, Path tree, String when)
      throws IOException {
    assertThat(Workshop.isPairGood(tree, shop.key)).as(when).isTrue();
    assertThat(shop.published(new LocalStore(tree)))
        .as(when)
        .isEqualTo(Map.of("a", "4-1", "b", "1-1"));
    List<GenerationId> chain = new ArrayList<>();
    for (History.Entry kept : shop.history(new LocalStore(tree)).chain(2)) {
      chain.add(kept.generation().id());
      for (DatabaseEntry entry : kept.generation().database().entries()) {
        assertThat(tree.resolve(entry.fileName())).as(when).exists();
        assertThat(tree.resolve(entry.fileName() + ".sig")).as(when).exists();
      }
    }
    assertThat(chain).as(when).hasSize(2);
    return chain;
  }
}
