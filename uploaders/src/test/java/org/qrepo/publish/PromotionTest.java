package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.alpm.PackageName;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.store.DryRunStore;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.Verb;
import org.qrepo.store.local.LocalStore;

@Execution(ExecutionMode.CONCURRENT)
class PromotionTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private Workshop testing;
  private Workshop stable;
  private Path source;
  private Path tree;
  private Store from;
  private Store to;

  @BeforeEach
  void open() {
    testing = new Workshop(directory.resolve("testing"));
    stable = new Workshop(directory.resolve("stable"));
    source = directory.resolve("source");
    tree = directory.resolve("tree");
    from = new LocalStore(source);
    to = new LocalStore(tree);
  }

  private Promotion promotion(String... names) {
    return promotion(Duration.ZERO, names);
  }

  private Promotion promotion(Duration minAge, String... names) {
    // A dry run refuses every write: the source is only read.
    return new Promotion(testing.source(new DryRunStore(from)), set(names), minAge, false);
  }

  private static Optional<Set<PackageName>> set(String... names) {
    return names.length == 0
        ? Optional.empty()
        : Optional.of(Arrays.stream(names).map(PackageName::new).collect(Collectors.toSet()));
  }

  private Receipt promote(String... names) throws IOException {
    return stable.publisher(to).publish(promotion(names), Publisher.Approval.ANY);
  }

  private Generation live(Workshop shop, Store store) throws IOException {
    return shop.history(store).live().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void packagesAreTakenOverToTheByte(Place place) throws IOException {
    to = place.open(tree).get();
    stable.layout(place.layout);
    testing.add(from, testing.sample("a", "2-1"), testing.sample("b", "1-1"));
    stable.add(to, stable.sample("a", "1-1"), stable.sample("own", "1-1"));
    Map<String, String> before = Workshop.tree(source);

    Receipt receipt = promote("a");

    assertThat(receipt.outcome()).isEqualTo(Receipt.Outcome.PUBLISHED);
    assertThat(receipt.sequence()).isEqualTo(2);
    assertThat(receipt.changes())
        .extracting(c -> c.name() + " " + c.kind())
        .containsExactly("a UPGRADED");
    assertThat(stable.published(to)).isEqualTo(Map.of("a", "2-1", "own", "1-1"));
    DatabaseEntry entry = live(testing, from).database().entry(new PackageName("a")).orElseThrow();
    assertThat(live(stable, to).database().entry(entry.name())).contains(entry);
    for (String file : List.of(entry.fileName(), entry.fileName() + ".sig")) {
      assertThat(Workshop.read(to, file).orElseThrow())
          .isEqualTo(Files.readAllBytes(source.resolve(file)));
    }
    assertThat(Workshop.tree(source)).isEqualTo(before);
  }

  @Test
  void allFileListsComeWithAllPackagesIntoAnEmptyPlace() throws IOException {
    testing.add(from, testing.sample("a", "2-1"), testing.sample("b", "1-1"));

    promote();

    assertThat(live(stable, to).database()).isEqualTo(live(testing, from).database());
    assertThat(tree.resolve("t.files")).hasSameBinaryContentAs(source.resolve("t.files"));
    assertThat(live(stable, to).lineage().parent()).isEmpty();
  }

  @Test
  void nothingIsSignedButTheDatabases() throws IOException {
    testing.add(from, testing.sample("a", "1-1"));
    List<Event> seen = new CopyOnWriteArrayList<>();
    stable.events = seen::add;

    promote();

    assertThat(seen).noneMatch(Event.Signed.class::isInstance);
    assertThat(seen)
        .filteredOn(Event.Signing.class::isInstance)
        .extracting(e -> ((Event.Signing) e).packages())
        .containsExactly(0);
  }

  @Test
  void aPlanTellsWhatComesFromWhereAndWritesNothing() throws IOException {
    testing.add(from, testing.sample("a", "1-1"));

    Plan plan = stable.publisher(new DryRunStore(to)).plan(promotion());

    assertThat(plan.steps())
        .hasExactlyElementsOfTypes(
            Step.WriteGeneration.class,
            Step.UploadPackage.class,
            Step.UploadSignature.class,
            Step.Commit.class);
    assertThat(((Step.UploadPackage) plan.steps().get(1)).source())
        .isEqualTo(from.location() + "/a-1-1-any.pkg.tar.zst");
    assertThat(tree).doesNotExist();
  }

  @Test
  void whatIsPublishedAlreadyIsLeftAloneOrMadeWhole() throws IOException {
    testing.add(from, testing.sample("a", "1-1"));
    promote();
    Map<String, String> before = Workshop.tree(tree);

    assertThat(promote().outcome()).isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
    assertThat(Workshop.tree(tree)).isEqualTo(before);
    Files.delete(tree.resolve("a-1-1-any.pkg.tar.zst"));
    assertThat(promote().outcome()).isEqualTo(Receipt.Outcome.COMPLETED);
    Files.delete(tree.resolve("a-1-1-any.pkg.tar.zst.sig"));
    assertThat(promote("a").outcome()).isEqualTo(Receipt.Outcome.COMPLETED);
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  @Test
  void whatDoesNotFitIsRefusedAndNothingIsWritten() throws IOException {
    Workshop.assertRefused("nothing-published", this::promote);
    testing.add(from, testing.sample("lower", "1-1"), testing.sample("other", "1-1"));
    stable.add(to, stable.sample("lower", "2-1"), stable.rebuilt("other", "1-1"));
    Map<String, String> before = Workshop.tree(tree);

    Workshop.assertRefused("package-not-in-source", () -> promote("absent"));
    Workshop.assertRefused("package-downgrade", () -> promote("lower"));
    Workshop.assertRefused("package-other-bytes", () -> promote("other"));
    Workshop.assertRefused("package-downgrade", this::promote);
    assertThat(Workshop.tree(tree)).isEqualTo(before);

    Promotion meant = new Promotion(testing.source(from), set("lower"), Duration.ZERO, true);
    Receipt receipt = stable.publisher(to).publish(meant, Publisher.Approval.ANY);
    assertThat(receipt.changes())
        .extracting(PackageChange::kind)
        .containsExactly(PackageChange.Kind.DOWNGRADED);
  }

  @Test
  void aNameThatHasOtherBytesInTheStoreIsRefused() throws IOException {
    testing.add(from, testing.sample("a", "1-1"));
    stable.add(to, stable.rebuilt("a", "1-1"));
    stable.remove(to, "a");

    Workshop.assertRefused("package-name-taken", this::promote);
  }

  @ParameterizedTest
  @CsvSource({"false, package-damaged", "true, signature-other-bytes"})
  void whatIsDamagedInTheSourceIsRefused(boolean signature, String finding) throws IOException {
    testing.add(from, testing.sample("a", "1-1"));
    stable.add(to, stable.sample("own", "1-1"));
    Map<String, String> before = Workshop.tree(tree);
    Path file = source.resolve("a-1-1-any.pkg.tar.zst" + (signature ? ".sig" : ""));
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2 + 20]++;
    Files.write(file, bytes);

    Workshop.assertRefused(finding, this::promote);
    Files.delete(file);
    Workshop.assertRefused("package-gone", this::promote);
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  @Test
  void aSourceThatAnotherKeySignedIsRefused() throws IOException {
    testing.key = new StampKey('B');
    testing.add(from, testing.sample("a", "1-1"));

    Workshop.assertRefused("key-unknown", this::promote);
    assertThat(tree).doesNotExist();
  }

  @Test
  void whatIsYoungerIsRefused() throws IOException {
    testing.clock = Workshop.fixed("2026-01-01T00:00:00Z");
    testing.add(from, testing.sample("a", "1-1"));
    testing.clock = Workshop.fixed("2026-01-03T00:00:00Z");
    testing.add(from, testing.sample("b", "1-1"));
    testing.clock = Workshop.fixed("2026-01-04T00:00:00Z");
    testing.add(from, testing.sample("c", "1-1"));
    stable.clock = Workshop.fixed("2026-01-06T00:00:00Z");

    assertAge("a", Duration.ofDays(5), true);
    assertAge("a", Duration.ofDays(5).plusSeconds(1), false);
    assertAge("b", Duration.ofDays(3), true);
    assertAge("b", Duration.ofDays(3).plusSeconds(1), false);
    assertAge("c", Duration.ofDays(2), true);
    assertAge("c", Duration.ofDays(3), false);
    testing.clock = Workshop.fixed("2026-01-05T00:00:00Z");
    testing.add(from, testing.sample("a", "2-1"));
    assertAge("a", Duration.ofDays(2), false);
    // Back to a version that was there before: it was first seen then.
    testing.rollback(from);
    assertAge("a", Duration.ofDays(5), true);
  }

  @Test
  void whereTheOlderChainIsGoneWhatIsLeftCounts() throws IOException {
    testing.clock = Workshop.fixed("2026-01-01T00:00:00Z");
    Receipt first = testing.add(from, testing.sample("a", "1-1"));
    testing.clock = Workshop.fixed("2026-01-03T00:00:00Z");
    testing.add(from, testing.sample("b", "1-1"));
    stable.clock = Workshop.fixed("2026-01-06T00:00:00Z");
    assertAge("a", Duration.ofDays(5), true);

    Files.delete(source.resolve("generations/" + first.generation().orElseThrow() + "/t.db"));

    assertAge("a", Duration.ofDays(5), false);
    assertAge("a", Duration.ofDays(3), true);
  }

  private void assertAge(String name, Duration minAge, boolean fit) throws IOException {
    Publisher publisher = stable.publisher(to);
    if (fit) {
      assertThat(publisher.plan(promotion(minAge, name)).commits()).isTrue();
    } else {
      Workshop.assertRefused("package-too-young", () -> publisher.plan(promotion(minAge, name)));
    }
  }

  static List<Arguments> sweeps() {
    return List.of(Place.LOCAL_POINTER, Place.LOCAL_PLAIN, Place.CONDITIONAL).stream()
        .flatMap(
            place ->
                Arrays.stream(FaultyStore.Mode.values()).map(mode -> Arguments.of(place, mode)))
        .toList();
  }

  /** Every call to the destination fails in turn; the source is never written. */
  @ParameterizedTest(name = "{0}, call fails {1}")
  @MethodSource("sweeps")
  void everyCallFailsInTurn(Place place, FaultyStore.Mode mode) throws IOException {
    testing.add(from, testing.sample("a", "2-1"), testing.sample("b", "1-1"));
    Map<String, String> untouched = Workshop.tree(source);
    Map<String, String> older = Map.of("a", "1-1", "own", "1-1");
    Map<String, String> newer = Map.of("a", "2-1", "b", "1-1", "own", "1-1");
    int begun = 0;
    int n = 1;
    for (boolean reached = true; reached; n++) {
      stable = new Workshop(directory.resolve("n" + n)).layout(place.layout);
      var stores = place.open(directory.resolve("n" + n + "/tree"));
      to = stores.get();
      stable.add(to, stable.sample("a", "1-1"), stable.sample("own", "1-1"));
      FaultyStore faulty = new FaultyStore(stores.get(), n, mode);
      try (faulty) {
        stable.publisher(faulty).publish(promotion(), Publisher.Approval.ANY);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("fault made");
      }
      reached = faulty.count() >= n;
      assertThat(stable.published(to)).as("after call " + n).isIn(Set.of(older, newer));
      if (!Workshop.isPairGood(to, stable.key)) {
        begun++;
        assertThat(faulty.calls())
            .as("the commit has begun at call " + n)
            .anyMatch(
                c -> c.verb() == Verb.SWAP && c.key().equals(Optional.of(new StoreKey("t.db"))));
        if (place == Place.LOCAL_PLAIN) {
          Path attempt = directory.resolve("n" + n);
          new BegunCommit(stable, attempt.resolve("tree"), attempt, newer, LocalStore::new)
              .assertRestored();
        }
      }
      promote();
      assertThat(stable.published(to)).as("completed after call " + n).isEqualTo(newer);
      assertThat(Workshop.isPairGood(to, stable.key)).isTrue();
      assertThat(promote().outcome()).isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
      assertThat(stable.history(to).chain(5)).as("chain after call " + n).hasSize(2);
      assertThat(Workshop.tree(source)).isEqualTo(untouched);
    }
    assertThat(n).as("calls").isGreaterThan(40);
    assertThat(begun)
        .as("states that clients refuse")
        .isBetween(0, place.layout == Layout.POINTER ? 0 : 12);
    System.out.printf(
        "fault sweep: %s, %s, promotion: %d points, %d states that clients refuse%n",
        place, mode, n - 1, begun);
  }

  /** Every call to the source fails in turn: what clients of the destination see stays whole. */
  @ParameterizedTest(name = "{0}, call fails {1}")
  @MethodSource("sweeps")
  void everyCallToTheSourceFailsInTurn(Place place, FaultyStore.Mode mode) throws IOException {
    testing.add(from, testing.sample("a", "2-1"), testing.sample("b", "1-1"));
    Map<String, String> untouched = Workshop.tree(source);
    Map<String, String> older = Map.of("a", "1-1", "own", "1-1");
    Map<String, String> newer = Map.of("a", "2-1", "b", "1-1", "own", "1-1");
    int n = 1;
    for (boolean reached = true; reached; n++) {
      stable = new Workshop(directory.resolve("n" + n)).layout(place.layout);
      to = place.open(directory.resolve("n" + n + "/tree")).get();
      stable.add(to, stable.sample("a", "1-1"), stable.sample("own", "1-1"));
      FaultyStore faulty = new FaultyStore(new DryRunStore(new LocalStore(source)), n, mode);
      Promotion promotion =
          new Promotion(testing.source(faulty), Optional.empty(), Duration.ZERO, false);
      try (faulty) {
        stable.publisher(to).publish(promotion, Publisher.Approval.ANY);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("fault made");
      }
      reached = faulty.count() >= n;
      assertThat(stable.published(to)).as("after call " + n).isEqualTo(reached ? older : newer);
      assertThat(Workshop.isPairGood(to, stable.key)).as("after call " + n).isTrue();
      promote();
      assertThat(stable.published(to)).as("completed after call " + n).isEqualTo(newer);
      assertThat(stable.history(to).chain(5)).as("chain after call " + n).hasSize(2);
      assertThat(Workshop.tree(source)).isEqualTo(untouched);
    }
    assertThat(n).as("calls").isGreaterThan(10);
    System.out.printf(
        "fault sweep: %s, %s, source of a promotion: %d points, 0 states that clients refuse%n",
        place, mode, n - 1);
  }
}
