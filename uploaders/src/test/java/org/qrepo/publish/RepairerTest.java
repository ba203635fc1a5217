package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageName;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.local.LocalStore;

@Execution(ExecutionMode.CONCURRENT)
class RepairerTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private Workshop shop;
  private Path tree;
  private Store store;

  @BeforeEach
  void open() {
    shop = new Workshop(directory);
    tree = directory.resolve("tree");
    store = new LocalStore(tree);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void aWholeRepositoryIsNotTouched(Layout layout) throws IOException {
    shop.layout(layout).add(store, shop.sample("a", "1-1"));
    Map<String, String> before = Workshop.tree(tree);

    Repairer.Repair repair = shop.repairer(store).repair();

    assertThat(repair.mended()).isEmpty();
    assertThat(repair.live().orElseThrow().sequence()).isEqualTo(1);
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  @Test
  void nothingPublishedIsNothingToRepair() throws IOException {
    Repairer.Repair repair = shop.repairer(store).repair();
    assertThat(repair.live()).isEmpty();
    assertThat(repair.mended()).isEmpty();
    assertThat(tree).doesNotExist();
  }

  @Test
  void namesThatWereLostComeBack() throws IOException {
    shop.layout(Layout.PLAIN).add(store, shop.sample("a", "1-1"));
    Map<String, String> whole = Workshop.tree(tree);
    Files.delete(tree.resolve("t.db.sig"));
    Files.write(tree.resolve("t.files"), new byte[] {1});

    Repairer.Repair repair = shop.repairer(store).repair();

    assertThat(repair.mended()).containsExactly(new StoreKey("t.db.sig"), new StoreKey("t.files"));
    assertThat(Workshop.tree(tree)).isEqualTo(whole);
  }

  @Test
  void aDamagedGenerationIsNoSourceOfARepair() throws IOException {
    shop.layout(Layout.PLAIN);
    Receipt receipt = shop.add(store, shop.sample("a", "1-1"));
    Files.delete(tree.resolve("t.files"));
    Files.write(
        tree.resolve("generations/" + receipt.generation().orElseThrow() + "/t.files"),
        new byte[] {1});
    Map<String, String> before = Workshop.tree(tree);

    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> shop.repairer(store).repair());

    assertThat(refused.findings()).extracting(f -> f.id()).containsExactly("generation-altered");
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  /**
   * Every call of an update in the plain layout fails in turn; after a repair, without a key, the
   * repository is whole: the old one or the new one. The repair is made to fail at each of its
   * calls too.
   */
  @ParameterizedTest
  @EnumSource(FaultyStore.Mode.class)
  void everyCommitThatWasBegunIsFinished(FaultyStore.Mode mode) throws IOException {
    int n = 1;
    int begun = 0;
    int repairs = 0;
    for (boolean reached = true; reached; n++) {
      Workshop own = new Workshop(directory.resolve("n" + n)).layout(Layout.PLAIN);
      Path place = own.directory.resolve("tree");
      own.add(new LocalStore(place), own.sample("a", "1-1"), own.sample("old", "1-1"));
      Change change =
          new Change(
              List.of(own.sample("a", "2-1")), Set.of(new PackageName("old")), Change.Options.NONE);
      FaultyStore faulty = new FaultyStore(new LocalStore(place), n, mode);
      try (faulty) {
        own.publisher(faulty).publish(change, Publisher.Approval.ANY);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("fault made");
      }
      reached = faulty.count() >= n;
      boolean good = Workshop.isPairGood(place, own.key);
      begun += good ? 0 : 1;
      repairs += good ? 0 : failingRepairs(own, place, mode);
      Repairer.Repair repair = own.repairer(new LocalStore(place)).repair();
      assertThat(Workshop.isPairGood(place, own.key)).as("after call " + n).isTrue();
      assertThat(repair.live().orElseThrow().sequence()).isBetween(1L, 2L);
      if (!good) {
        assertThat(repair.live().orElseThrow().sequence()).isEqualTo(2);
      }
      assertThat(own.repairer(new LocalStore(place)).repair().mended()).isEmpty();
      own.publisher(new LocalStore(place)).publish(change, Publisher.Approval.ANY);
      assertThat(own.published(new LocalStore(place))).isEqualTo(Map.of("a", "2-1"));
    }
    assertThat(begun).isBetween(1, 12);
    assertThat(repairs).isGreaterThan(10);
    System.out.printf(
        "repair sweep: plain, %s: %d points of a publish, %d commits begun that clients refuse, all"
            + " repaired; %d points of repairs%n",
        mode, n - 1, begun, repairs);
  }

  /** Runs repairs that each die one call later than the one before; how many there were. */
  private static int failingRepairs(Workshop shop, Path place, FaultyStore.Mode mode) {
    int repairs = 0;
    for (boolean reached = true; reached; ) {
      FaultyStore faulty = new FaultyStore(new LocalStore(place), repairs + 1, mode);
      try (faulty) {
        shop.repairer(faulty).repair();
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("fault made");
      }
      reached = faulty.count() > repairs;
      repairs += reached ? 1 : 0;
    }
    return repairs;
  }
}
