package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.RefusedException;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.local.LocalStore;

@Execution(ExecutionMode.CONCURRENT)
class MirrorTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private Workshop shop;
  private Path from;
  private Path to;

  @BeforeEach
  void publish() throws IOException {
    shop = new Workshop(directory);
    from = directory.resolve("from");
    to = directory.resolve("to");
    shop.add(source(), shop.sample("a", "1-1"), shop.sample("b", "1-1"));
    shop.add(source(), shop.sample("a", "2-1"));
  }

  private Store source() {
    return new LocalStore(from);
  }

  private Store destination() {
    return new LocalStore(to);
  }

  private MirrorReport mirror(Layout layout) throws IOException {
    return shop.mirror(source(), destination(), layout, 20).mirror();
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void theCopyIsTheSameToTheByte(Layout layout) throws IOException {
    MirrorReport report = mirror(layout);

    assertThat(report.outcome()).isEqualTo(MirrorReport.Outcome.MIRRORED);
    assertThat(report.live().sequence()).isEqualTo(2);
    assertThat(report.before()).isEmpty();
    assertThat(report.packages()).isEqualTo(2);
    assertThat(report.generations()).isEqualTo(1);
    Map<String, String> expected = Workshop.tree(from);
    // What only the older generation names is not copied.
    expected.keySet().removeIf(name -> name.startsWith("a-1-1"));
    Map<String, String> copied = Workshop.tree(to);
    assertThat(copied).containsOnlyKeys(withoutPointer(expected, layout));
    for (String name : copied.keySet()) {
      if (Files.isRegularFile(to.resolve(name))) {
        assertThat(to.resolve(name)).hasSameBinaryContentAs(from.resolve(name));
      }
    }
    assertThat(Workshop.isPairGood(to, shop.key)).isTrue();
    assertThat(shop.history(destination()).chain(9)).hasSize(2);
  }

  private static List<String> withoutPointer(Map<String, String> names, Layout layout) {
    return names.keySet().stream()
        .filter(n -> layout == Layout.POINTER || !n.equals("current"))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void aMirrorFollowsAndSaysWhenThereIsNothingToDo(Layout layout) throws IOException {
    mirror(layout);
    Map<String, String> before = Workshop.tree(to);
    assertThat(mirror(layout).outcome()).isEqualTo(MirrorReport.Outcome.ALREADY_MIRRORED);
    assertThat(Workshop.tree(to)).isEqualTo(before);

    shop.add(source(), shop.sample("a", "3-1"));
    shop.add(source(), shop.sample("a", "4-1"));
    MirrorReport report = mirror(layout);
    assertThat(report.before().orElseThrow().sequence()).isEqualTo(2);
    assertThat(report.live().sequence()).isEqualTo(4);
    assertThat(report.packages()).isEqualTo(1);
    assertThat(shop.published(destination())).isEqualTo(Map.of("a", "4-1", "b", "1-1"));
    assertThat(shop.history(destination()).chain(9)).hasSize(4);
  }

  @Test
  void whatIsMissingComesBack() throws IOException {
    mirror(Layout.POINTER);
    Map<String, String> before = Workshop.tree(to);
    Files.delete(to.resolve("b-1-1-any.pkg.tar.zst"));
    Files.delete(to.resolve("a-2-1-any.pkg.tar.zst.sig"));
    assertThat(mirror(Layout.POINTER).outcome()).isEqualTo(MirrorReport.Outcome.COMPLETED);
    assertThat(Workshop.tree(to)).isEqualTo(before);
  }

  @Test
  void theDepthBoundsTheChain() throws IOException {
    shop.add(source(), shop.sample("a", "3-1"));
    shop.mirror(source(), destination(), Layout.POINTER, 1).mirror();
    assertThat(shop.history(destination()).chain(9)).hasSize(2);
  }

  @Test
  void aDestinationWithALifeOfItsOwnIsNotOverwritten() throws IOException {
    mirror(Layout.POINTER);
    shop.add(destination(), shop.sample("c", "1-1"));
    shop.add(source(), shop.sample("a", "3-1"));
    Map<String, String> before = Workshop.tree(to);

    assertThatThrownBy(() -> mirror(Layout.POINTER))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("(seq 3) at " + from)
        .hasMessageContaining("(seq 3) at " + to);
    assertThat(Workshop.tree(to)).isEqualTo(before);
  }

  @Test
  void aDestinationThatIsAheadIsNotTakenBack() throws IOException {
    mirror(Layout.POINTER);
    shop.add(destination(), shop.sample("c", "1-1"));
    assertThatThrownBy(() -> mirror(Layout.POINTER)).isInstanceOf(ConflictException.class);
  }

  @Test
  void nothingIsMirroredFromNothing() {
    assertThat(refused(directory.resolve("nowhere"))).containsExactly("mirror-source-empty");
  }

  private List<String> refused(Path source) {
    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class,
            () -> shop.mirror(new LocalStore(source), destination(), Layout.POINTER, 20).mirror());
    return refused.findings().stream().map(f -> f.id()).toList();
  }

  @Test
  void alteredPackagesAreRefusedBeforeClientsSeeThem() throws IOException {
    Path file = from.resolve("b-1-1-any.pkg.tar.zst");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertThat(refused(from)).containsExactly("package-altered");
    assertThat(to.resolve("t.db")).doesNotExist();
    assertThat(to.resolve("b-1-1-any.pkg.tar.zst")).doesNotExist();
    Files.write(file, new byte[] {1});
    assertThat(refused(from)).containsExactly("package-altered");
    Files.delete(file);
    assertThat(refused(from)).containsExactly("package-missing");
  }

  @Test
  void signaturesByOthersAreRefused() throws IOException {
    Path signature = from.resolve("b-1-1-any.pkg.tar.zst.sig");
    Files.writeString(signature, Files.readString(signature).replace('A', 'B'));
    assertThat(refused(from)).containsExactly("key-unknown");
    assertThat(to.resolve("t.db")).doesNotExist();
    assertThat(to.resolve("b-1-1-any.pkg.tar.zst.sig")).doesNotExist();
  }

  @Test
  void aDamagedGenerationIsNotMirrored() throws IOException {
    Path files = Files.readSymbolicLink(from.resolve("current")).resolve("t.files");
    Files.write(from.resolve(files), new byte[] {1});
    assertThat(refused(from)).containsExactly("generation-altered");
    assertThat(to.resolve("t.db")).doesNotExist();
  }

  @Test
  void aDirectoryWithOtherThingsIsNotVacant() throws IOException {
    Files.createDirectories(to.resolve("generations/0123456789abcdef"));
    Files.write(to.resolve("generations/0123456789abcdef/t.db"), new byte[] {1});
    assertThat(refused(from)).containsExactly("mirror-destination-occupied");
    Files.delete(to.resolve("generations/0123456789abcdef/t.db"));
    Files.delete(to.resolve("generations/0123456789abcdef"));
    Files.write(to.resolve("x-1-1-any.pkg.tar.zst"), new byte[] {1});
    assertThat(refused(from)).containsExactly("packages-without-database");
  }

  static Stream<Arguments> sweeps() {
    return Stream.of(Layout.values())
        .flatMap(
            layout -> Stream.of(FaultyStore.Mode.values()).map(mode -> Arguments.of(layout, mode)));
  }

  /** Every call to the destination fails in turn, for a first mirror and for one that follows. */
  @ParameterizedTest(name = "{0}, call fails {1}")
  @MethodSource("sweeps")
  void everyCallFailsInTurn(Layout layout, FaultyStore.Mode mode) throws IOException {
    int begun = sweep(layout, mode, Optional.empty());
    Path older = directory.resolve("older");
    shop.mirror(source(), new LocalStore(older), layout, 20).mirror();
    shop.add(source(), shop.sample("a", "3-1"));
    begun += sweep(layout, mode, Optional.of(older));
    if (layout == Layout.POINTER) {
      assertThat(begun).isZero();
    }
  }

  private int sweep(Layout layout, FaultyStore.Mode mode, Optional<Path> older) throws IOException {
    int n = 1;
    int begun = 0;
    Set<Map<String, String>> states = new HashSet<>();
    Map<String, String> live = shop.published(source());
    for (boolean reached = true; reached; n++) {
      Path place = directory.resolve((older.isPresent() ? "next" : "first") + n);
      if (older.isPresent()) {
        Workshop.copy(older.get(), place);
      }
      FaultyStore faulty = new FaultyStore(new LocalStore(place), n, mode);
      try (faulty) {
        shop.mirror(source(), faulty, layout, 20).mirror();
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("fault made");
      }
      reached = faulty.count() >= n;
      if (!states.add(Workshop.tree(place))) {
        continue;
      }
      boolean exists = Files.exists(place.resolve("t.db"));
      assertThat(exists || older.isEmpty()).as("the database is gone").isTrue();
      boolean good =
          !exists
              || (Files.exists(place.resolve("t.db.sig")) && Workshop.isPairGood(place, shop.key));
      begun += good ? 0 : 1;
      shop.mirror(source(), new LocalStore(place), layout, 20).mirror();
      assertThat(Workshop.isPairGood(place, shop.key)).as("completed after %s", n).isTrue();
      assertThat(shop.published(new LocalStore(place))).isEqualTo(live);
      assertThat(shop.mirror(source(), new LocalStore(place), layout, 20).mirror().outcome())
          .isEqualTo(MirrorReport.Outcome.ALREADY_MIRRORED);
    }
    assertThat(n).isGreaterThan(30);
    assertThat(begun).isLessThanOrEqualTo(layout == Layout.POINTER ? 0 : 8);
    System.out.printf(
        "fault sweep of mirror: %s, %s, %s: %d points, %d different states, %d that clients refuse%n",
        layout, mode, older.isPresent() ? "update" : "first", n - 1, states.size(), begun);
    return begun;
  }
}
