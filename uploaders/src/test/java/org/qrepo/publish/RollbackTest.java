package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageName;
import org.qrepo.store.Verb;
import org.qrepo.store.local.LocalStore;

class RollbackTest {
  private static final String OLD = "a-1-1-any.pkg.tar.zst";

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

  private Receipt first() throws IOException {
    return shop.add(store, shop.sample("a", "1-1"), shop.sample("both", "1-1"));
  }

  /** An upgrade, a new package and a removal. */
  private Receipt second() throws IOException {
    shop.add(store, shop.sample("gone", "1-1"));
    Change change =
        new Change(
            List.of(shop.sample("a", "2-1"), shop.sample("new", "1-1")),
            Set.of(new PackageName("gone")),
            Change.Options.NONE);
    return shop.publisher(store).publish(change, Publisher.Approval.ANY);
  }

  private Generation live() throws IOException {
    return shop.history(store).live().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void anOlderGenerationIsPublishedAnewToTheByte(Place place) throws IOException {
    store = place.open(tree).get();
    shop.layout(place.layout);
    first();
    Generation older = live();
    second();
    Generation newer = live();

    Receipt receipt =
        shop.publisher(store)
            .publish(new Rollback(Optional.of(older.id()), false), Publisher.Approval.ANY);

    assertThat(receipt.outcome()).isEqualTo(Receipt.Outcome.PUBLISHED);
    assertThat(receipt.changes())
        .extracting(c -> c.name() + " " + c.kind())
        .containsExactly("a DOWNGRADED", "new REMOVED");
    Generation live = live();
    assertThat(live.database()).isEqualTo(older.database());
    assertThat(live.lineage().files()).isEqualTo(older.lineage().files());
    assertThat(live.sequence()).isEqualTo(newer.sequence() + 1);
    assertThat(live.lineage().parent()).contains(newer.digest());
    assertThat(live.digest()).isNotEqualTo(older.digest());
    assertThat(Workshop.isPairGood(store, shop.key)).isTrue();
    assertThat(Workshop.read(store, "t.files").orElseThrow())
        .isEqualTo(Workshop.read(store, "generations/" + older.id() + "/t.files").orElseThrow());
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void rollBackThenPublishThenRollBackAgain(Layout layout) throws IOException {
    shop.layout(layout);
    shop.add(store, shop.sample("a", "1-1"));
    shop.add(store, shop.sample("a", "2-1"));

    shop.rollback(store);
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "1-1"));
    shop.add(store, shop.sample("b", "1-1"));
    shop.rollback(store);
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "1-1"));
    shop.add(store, shop.sample("a", "2-1"));
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "2-1"));
    shop.rollback(store);
    shop.rollback(store);

    assertThat(shop.published(store)).isEqualTo(Map.of("a", "2-1"));
    List<History.Entry> chain = shop.history(store).chain(20);
    assertThat(chain)
        .extracting(e -> e.generation().sequence())
        .containsExactly(8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L);
    assertThat(chain.get(0).changes())
        .extracting(PackageChange::kind)
        .containsExactly(PackageChange.Kind.UPGRADED);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void theTimeThatClientsAskByGrows(Layout layout) throws IOException {
    shop.layout(layout).pause = Pause.REAL;
    shop.add(store, shop.sample("a", "1-1"));
    shop.add(store, shop.sample("a", "2-1"));
    for (int i = 0; i < 2; i++) {
      Instant before = second(new StoreKey("t.db"));
      shop.rollback(store);
      assertThat(second(new StoreKey("t.db"))).isAfter(before);
      assertThat(second(new StoreKey("t.db"))).isBefore(Instant.now().plusSeconds(1));
    }
  }

  private Instant second(StoreKey key) throws IOException {
    return store.stat(key).orElseThrow().lastModified().truncatedTo(ChronoUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void whatIsLiveAlreadyIsNotPublishedAgain(Layout layout) throws IOException {
    shop.layout(layout);
    Receipt first = shop.add(store, shop.sample("a", "1-1"));
    shop.add(store, shop.sample("a", "2-1"));
    Receipt back = shop.rollback(store, first);
    Map<String, String> before = Workshop.tree(tree);

    assertThat(shop.rollback(store, first).outcome()).isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
    assertThat(shop.rollback(store, back).outcome()).isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  @Test
  void aPlanTellsWhatIsReusedAndWritesNothing() throws IOException {
    Receipt first = first();
    second();
    Map<String, String> before = Workshop.tree(tree);

    Plan plan = shop.publisher(store).plan(new Rollback(first.generation(), false));

    assertThat(plan.steps())
        .hasExactlyElementsOfTypes(
            Step.WriteGeneration.class,
            Step.ReusePackage.class,
            Step.KeepSignature.class,
            Step.Commit.class);
    assertThat(plan.steps().get(0)).isEqualTo(new Step.WriteGeneration(4, 2));
    assertThat(((Step.ReusePackage) plan.steps().get(1)).file().value()).isEqualTo(OLD);
    assertThat(plan.unchanged()).isEqualTo(1);
    assertThat(plan.uploadBytes()).isZero();
    assertThat(plan).isEqualTo(shop.publisher(store).plan(new Rollback(first.generation(), false)));
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  @Test
  void aPlanThatIsNotApprovedIsNotCarriedOut() throws IOException {
    first();
    second();
    Map<String, String> before = Workshop.tree(tree);

    assertThatThrownBy(
            () ->
                shop.publisher(store).publish(new Rollback(Optional.empty(), false), plan -> false))
        .isInstanceOf(ConflictException.class);
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  @Test
  void whereThereIsNoOlderGenerationThereIsNothingToRollBackTo() throws IOException {
    Workshop.assertRefused("nothing-published", () -> shop.rollback(store));
    Receipt elsewhere =
        new Workshop(directory.resolve("else"))
            .add(new LocalStore(directory.resolve("other")), shop.sample("x", "1-1"));
    first();
    Workshop.assertRefused("no-older-generation", () -> shop.rollback(store));
    Workshop.assertRefused("generation-not-in-chain", () -> shop.rollback(store, elsewhere));
  }

  @Test
  void aGenerationThatWasNeverLiveIsNotInTheChain() throws IOException {
    Receipt first = first();
    copy(tree, directory.resolve("fork"));
    Receipt fork =
        shop.add(new LocalStore(directory.resolve("fork")), shop.sample("forked", "1-1"));
    second();
    copy(
        directory.resolve("fork/generations/" + fork.generation().orElseThrow()),
        tree.resolve("generations/" + fork.generation().orElseThrow()));

    Workshop.assertRefused("generation-not-in-chain", () -> shop.rollback(store, fork));
    shop.rollback(store, first);
  }

  @Test
  void aGenerationThatIsGoneOrAlteredIsRefused() throws IOException {
    Receipt first = first();
    Receipt second = second();
    Path folder = tree.resolve("generations/" + first.generation().orElseThrow());
    Map<String, String> live = Map.copyOf(shop.published(store));

    Files.delete(folder.resolve("t.files"));
    Workshop.assertRefused("files-database-lost", () -> shop.rollback(store, first));
    Files.copy(folder.resolve("t.db"), folder.resolve("t.files"));
    Workshop.assertRefused("files-database-lost", () -> shop.rollback(store, first));
    byte[] database = Files.readAllBytes(folder.resolve("t.db"));
    Files.writeString(folder.resolve("t.db"), "other bytes");
    Workshop.assertRefused("generation-altered", () -> shop.rollback(store, first));
    Files.write(folder.resolve("t.db"), database);
    Files.writeString(folder.resolve("t.db.sig"), "no signature");
    Workshop.assertRefused("generation-gone", () -> shop.rollback(store, first));
    Files.delete(folder.resolve("t.db.sig"));
    Workshop.assertRefused("generation-gone", () -> shop.rollback(store, first));

    assertThat(shop.published(store)).isEqualTo(live);
    assertThat(live().id()).isEqualTo(second.generation().orElseThrow());
  }

  /** What can have become of the older package or its signature since it was live. */
  private enum Damage {
    GONE("package-gone"),
    OTHER_SIZE("package-damaged"),
    OTHER_BYTES("package-damaged"),
    SIGNATURE_GONE("package-gone"),
    SIGNATURE_BAD("signature-other-bytes"),
    SIGNATURE_FOREIGN("key-unknown");

    private final String finding;

    Damage(String finding) {
      this.finding = finding;
    }

    void to(Path file) throws IOException {
      Path signature = file.resolveSibling(file.getFileName() + ".sig");
      byte[] bytes = Files.readAllBytes(file);
      switch (this) {
        case GONE -> Files.delete(file);
        case OTHER_SIZE -> Files.write(file, List.of("short"));
        case OTHER_BYTES -> {
          bytes[bytes.length / 2]++;
          Files.write(file, bytes);
        }
        case SIGNATURE_GONE -> Files.delete(signature);
        case SIGNATURE_BAD -> Files.writeString(signature, "no signature");
        case SIGNATURE_FOREIGN -> {
          String text = Files.readString(signature);
          Files.writeString(signature, "B".repeat(40) + text.substring(40));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void whatPruneHasTakenIsNamedAndNothingIsWritten(Damage damage) throws IOException {
    Receipt first = first();
    second();
    damage.to(tree.resolve(OLD));
    Map<String, String> before = Workshop.tree(tree);

    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> shop.rollback(store, first));

    assertThat(refused.findings()).hasSize(1);
    assertThat(refused.findings().get(0).id()).isEqualTo(damage.finding);
    assertThat(refused.findings().get(0).subject()).startsWith(OLD);
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void aPackageThatIsLiveTooIsLookedAtAndReadWhenAsked(Damage damage) throws IOException {
    Receipt first = first();
    second();
    damage.to(tree.resolve("both-1-1-any.pkg.tar.zst"));
    Map<String, String> before = Workshop.tree(tree);
    boolean shows =
        Stream.of(Damage.GONE, Damage.OTHER_SIZE, Damage.SIGNATURE_GONE).anyMatch(damage::equals);

    shop.deep = true;
    Workshop.assertRefused(damage.finding, () -> shop.rollback(store, first));
    shop.deep = false;
    if (shows) {
      Workshop.assertRefused(damage.finding, () -> shop.rollback(store, first));
      assertThat(Workshop.tree(tree)).isEqualTo(before);
    } else {
      assertThat(shop.rollback(store, first).outcome()).isEqualTo(Receipt.Outcome.PUBLISHED);
    }
  }

  @Test
  void everyPackageThatIsGoneIsNamed() throws IOException {
    Receipt first = shop.add(store, shop.sample("a", "1-1"), shop.sample("b", "1-1"));
    shop.add(store, shop.sample("a", "2-1"), shop.sample("b", "2-1"));
    for (String name : List.of("a", "b")) {
      Files.delete(tree.resolve(name + "-1-1-any.pkg.tar.zst"));
    }

    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> shop.rollback(store, first));

    assertThat(refused.findings())
        .extracting(Finding::subject)
        .containsExactly("a-1-1-any.pkg.tar.zst", "b-1-1-any.pkg.tar.zst");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRivalThatIsFasterIsNotUndoneUnlessTheGenerationIsNamed(boolean named) throws IOException {
    shop.layout(Layout.PLAIN);
    Receipt first = shop.add(store, shop.sample("a", "1-1"));
    shop.add(store, shop.sample("a", "2-1"));
    AtomicBoolean done = new AtomicBoolean();
    Workshop theirs = new Workshop(directory.resolve("theirs")).layout(Layout.PLAIN);
    Store hooked =
        new HookedStore(
            store,
            (number, call) -> {
              boolean writes = call.verb() == Verb.PUT_ONCE;
              if (writes && !done.getAndSet(true)) {
                try {
                  theirs.add(new LocalStore(tree), theirs.sample("theirs", "1-1"));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });

    if (named) {
      Receipt receipt = shop.rollback(hooked, first);
      assertThat(receipt.sequence()).isEqualTo(4);
      assertThat(receipt.changes())
          .extracting(c -> c.name() + " " + c.kind())
          .containsExactly("a DOWNGRADED", "theirs REMOVED");
    } else {
      assertThatThrownBy(() -> shop.rollback(hooked))
          .isInstanceOf(ConflictException.class)
          .hasMessageContaining("--to-generation");
      assertThat(shop.published(store)).isEqualTo(Map.of("a", "2-1", "theirs", "1-1"));
    }
    assertThat(done).isTrue();
  }

  @Test
  void aPackageThatGoesAfterThePlanStopsIt() throws IOException {
    Receipt first = first();
    second();
    Map<String, String> published = new HashMap<>(shop.published(store));
    Store hooked =
        new HookedStore(
            store,
            (number, call) -> {
              if (call.verb() == Verb.PUT_ONCE) {
                try {
                  Files.deleteIfExists(tree.resolve(OLD));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });

    Workshop.assertRefused("package-gone", () -> shop.rollback(hooked, first));
    assertThat(shop.published(store)).isEqualTo(published);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isSymbolicLink(file)) {
          Files.createSymbolicLink(copy, Files.readSymbolicLink(file));
        } else if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }
}
