package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.qrepo.publish.Workshop.assertRefused;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.database.DescOptions;
import org.qrepo.io.Compression;
import org.qrepo.store.local.LocalStore;

class PublisherTest {
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
  void aFirstPublishMakesARepository(Layout layout) throws IOException {
    shop.layout(layout);

    Receipt receipt = shop.add(store, shop.sample("hello", "1:2.3-1"), shop.sample("bye", "1-1"));

    assertThat(receipt.outcome()).isEqualTo(Receipt.Outcome.PUBLISHED);
    assertThat(receipt.sequence()).isEqualTo(1);
    assertThat(shop.published(store)).isEqualTo(Map.of("hello", "1:2.3-1", "bye", "1-1"));
    assertThat(Workshop.isPairGood(tree, shop.key)).isTrue();
    for (String name :
        List.of(
            "t.db",
            "t.db.sig",
            "t.files",
            "t.files.sig",
            "t.db.tar.gz",
            "t.db.tar.gz.sig",
            "t.files.tar.gz",
            "t.files.tar.gz.sig",
            "hello-1:2.3-1-any.pkg.tar.zst",
            "hello-1:2.3-1-any.pkg.tar.zst.sig")) {
      assertThat(tree.resolve(name)).exists();
    }
    assertThat(Files.isSymbolicLink(tree.resolve("t.db"))).isEqualTo(layout == Layout.POINTER);
    assertThat(tree.resolve("t.db")).hasSameBinaryContentAs(tree.resolve("t.db.tar.gz"));
    assertThat(
            tree.resolve("generations/" + receipt.generation().orElseThrow() + "/generation.json"))
        .content()
        .contains("\"seq\" : 1", "\"parent\" : \"-\"", "\"package\" : \"hello\"");
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void generationsFormAChain(Layout layout) throws IOException {
    shop.layout(layout);
    Receipt first = shop.add(store, shop.sample("a", "1-1"));
    Receipt second = shop.add(store, shop.sample("a", "2-1"), shop.sample("b", "1-1"));
    shop.remove(store, "a");

    List<History.Entry> chain = shop.history(store).chain(10);

    assertThat(chain).extracting(e -> e.generation().sequence()).containsExactly(3L, 2L, 1L);
    assertThat(chain.get(0).generation().lineage().parent()).isEqualTo(second.database());
    assertThat(chain.get(1).generation().lineage().parent()).isEqualTo(first.database());
    assertThat(chain.get(2).generation().lineage().parent()).isEmpty();
    assertThat(chain.get(0).changes())
        .extracting(PackageChange::kind)
        .containsExactly(PackageChange.Kind.REMOVED);
    assertThat(chain.get(1).changes())
        .extracting(PackageChange::kind)
        .containsExactly(PackageChange.Kind.UPGRADED, PackageChange.Kind.ADDED);
    assertThat(shop.published(store)).isEqualTo(Map.of("b", "1-1"));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void runningAgainSaysAlreadyPublishedAndWritesNothing(Layout layout) throws IOException {
    shop.layout(layout);
    Path a = shop.sample("a", "1-1");
    Receipt first = shop.add(store, a);
    Map<String, String> before = Workshop.tree(tree);

    Receipt again = shop.add(store, a);

    assertThat(again.outcome()).isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
    assertThat(again.generation()).isEqualTo(first.generation());
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  @Test
  void planningWritesNothing() throws IOException {
    Plan plan = shop.publisher(store).plan(Change.adding(List.of(shop.sample("a", "1-1"))));

    assertThat(plan.commits()).isTrue();
    assertThat(plan.steps())
        .hasExactlyElementsOfTypes(
            Step.SignPackage.class,
            Step.WriteGeneration.class,
            Step.UploadPackage.class,
            Step.UploadSignature.class,
            Step.Commit.class);
    assertThat(tree).doesNotExist();
  }

  @Test
  void anAgreedPlanThatNoLongerFitsIsNotCarriedOut() throws IOException {
    Change change = Change.adding(List.of(shop.sample("a", "1-1")));
    Plan plan = shop.publisher(store).plan(change);
    shop.add(store, shop.sample("b", "1-1"));
    Map<String, String> before = Workshop.tree(tree);

    assertThatThrownBy(() -> shop.publisher(store).publish(change, plan::equals))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("no longer fits");
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  @Test
  void anAgreedPlanThatFitsIsCarriedOut() throws IOException {
    Change change = Change.adding(List.of(shop.sample("a", "1-1")));
    Plan plan = shop.publisher(store).plan(change);

    assertThat(shop.publisher(store).publish(change, plan::equals).outcome())
        .isEqualTo(Receipt.Outcome.PUBLISHED);
  }

  @Test
  void ofSeveralVersionsTheHighestByVercmpWins() throws IOException {
    shop.add(store, shop.sample("foo", "10.0-1"), shop.sample("foo", "2.0-1"));

    assertThat(shop.published(store)).isEqualTo(Map.of("foo", "10.0-1"));
    assertThat(tree.resolve("foo-2.0-1-any.pkg.tar.zst")).doesNotExist();
  }

  @Test
  void aDowngradeIsRefusedUnlessAllowed() throws IOException {
    shop.add(store, shop.sample("a", "2-1"));
    Path old = shop.sample("a", "1-1");
    Map<String, String> before = Workshop.tree(tree);

    assertRefused("package-downgrade", () -> shop.add(store, old));
    assertThat(Workshop.tree(tree)).isEqualTo(before);

    Change allowed = new Change(List.of(old), Set.of(), new Change.Options(false, false, true));
    Receipt receipt = shop.publisher(store).publish(allowed, Publisher.Approval.ANY);
    assertThat(receipt.changes())
        .extracting(PackageChange::kind)
        .containsExactly(PackageChange.Kind.DOWNGRADED);
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "1-1"));
  }

  @Test
  void otherBytesUnderAPublishedNameAreRefused() throws IOException {
    shop.add(store, shop.sample("a", "1-1"));
    Path rebuilt = shop.rebuilt("a", "1-1");
    Map<String, String> before = Workshop.tree(tree);

    assertRefused("package-other-bytes", () -> shop.add(store, rebuilt));
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  @Test
  void replaceStoresTheNewBytesUnderANewNameAndOverwritesNothing() throws IOException {
    shop.add(store, shop.sample("a", "1-1"));
    Map<String, String> before = Workshop.tree(tree);
    Change replace =
        new Change(
            List.of(shop.rebuilt("a", "1-1")), Set.of(), new Change.Options(false, true, false));

    Receipt receipt = shop.publisher(store).publish(replace, Publisher.Approval.ANY);

    assertThat(receipt.changes())
        .extracting(PackageChange::kind)
        .containsExactly(PackageChange.Kind.REBUILT);
    String name = shop.history(store).live().orElseThrow().database().entries().get(0).fileName();
    assertThat(name).matches("a-1-1-any\\.[0-9a-f]{8}\\.pkg\\.tar\\.zst");
    assertThat(tree.resolve(name)).exists();
    assertThat(Workshop.tree(tree))
        .containsEntry("a-1-1-any.pkg.tar.zst", before.get("a-1-1-any.pkg.tar.zst"));
    assertThat(shop.publisher(store).publish(replace, Publisher.Approval.ANY).outcome())
        .isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
  }

  @Test
  void aFileThatIsInTheWayIsRefused() throws IOException {
    shop.add(store, shop.sample("b", "1-1"));
    Files.writeString(tree.resolve("a-1-1-any.pkg.tar.zst"), "something else");

    assertRefused("package-name-taken", () -> shop.add(store, shop.sample("a", "1-1")));
  }

  @Test
  void oneRefusedPackageRefusesThePublishAndAllAreNamed() throws IOException {
    Path broken = Files.writeString(directory.resolve("broken-1-1-any.pkg.tar.zst"), "junk");
    Path text = Files.writeString(directory.resolve("text-1-1-any.pkg.tar.zst"), "text");

    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class,
            () -> shop.add(store, shop.sample("good", "1-1"), broken, text));

    assertThat(refused.findings())
        .extracting(f -> f.subject())
        .contains("broken-1-1-any.pkg.tar.zst", "text-1-1-any.pkg.tar.zst");
    assertThat(tree).doesNotExist();
  }

  @Test
  void aMissingPackageFileIsRefused() {
    assertRefused(
        "package-missing", () -> shop.add(store, directory.resolve("no-1-1-any.pkg.tar.zst")));
  }

  @Test
  void architecturesMustFitTheRepository() throws IOException {
    Path intel = packageFor("a", "x86_64");
    Path arm = packageFor("b", "aarch64");

    assertRefused("package-architecture", () -> shop.add(store, intel, arm));
    shop.add(store, intel);
    assertRefused("package-architecture", () -> shop.add(store, arm));
  }

  private Path packageFor(String name, String architecture) throws IOException {
    return SamplePackage.of(name, "1-1")
        .architecture(architecture)
        .writeTo(Files.createDirectories(directory.resolve("in")));
  }

  @Test
  void aGoodSignatureBesideThePackageIsUsedAndABrokenOneMadeAnew() throws IOException {
    Path a = shop.sample("a", "1-1");
    Path b = shop.sample("b", "1-1");
    Files.write(sig(b), new byte[0]);
    List<String> signed = new ArrayList<>();
    shop.events =
        e -> {
          if (e instanceof Event.Signed s) {
            signed.add(s.file());
          }
        };
    shop.add(store, a);
    Files.copy(tree.resolve("a-1-1-any.pkg.tar.zst.sig"), sig(a));
    signed.clear();

    Store second = new LocalStore(directory.resolve("second"));
    shop.add(second, a, b);

    assertThat(signed).containsExactly("b-1-1-any.pkg.tar.zst");
    assertThat(Files.size(directory.resolve("second/b-1-1-any.pkg.tar.zst.sig"))).isPositive();
  }

  @Test
  void aSignatureOfAnUnknownKeyIsRefused() throws IOException {
    Path a = shop.sample("a", "1-1");
    Workshop other = new Workshop(directory.resolve("other"));
    other.key = new StampKey('B');
    other.add(new LocalStore(directory.resolve("elsewhere")), a);
    Files.copy(directory.resolve("elsewhere/a-1-1-any.pkg.tar.zst.sig"), sig(a));

    assertRefused("key-unknown", () -> shop.add(store, a));
    assertThat(tree).doesNotExist();
  }

  private static Path sig(Path file) {
    return file.resolveSibling(file.getFileName() + ".sig");
  }

  @Test
  void aKeyThatClientsDoNotTrustSignsNothing() throws IOException {
    shop.key = new StampKey('B', 'A');

    assertThatThrownBy(() -> shop.add(store, shop.sample("a", "1-1")))
        .isInstanceOf(SigningException.class)
        .hasMessageContaining("not one that clients of this repository accept");
    assertThat(tree).doesNotExist();
  }

  @Test
  void missingPackagesAndSignaturesArePutBack() throws IOException {
    Path a = shop.sample("a", "1-1");
    shop.add(store, a);
    Map<String, String> whole = Workshop.tree(tree);
    Files.delete(tree.resolve("a-1-1-any.pkg.tar.zst.sig"));
    assertThat(shop.add(store, a).outcome()).isEqualTo(Receipt.Outcome.COMPLETED);
    Files.delete(tree.resolve("a-1-1-any.pkg.tar.zst"));
    assertThat(shop.add(store, a).outcome()).isEqualTo(Receipt.Outcome.COMPLETED);
    Files.write(tree.resolve("a-1-1-any.pkg.tar.zst.sig"), new byte[0]);
    assertThat(shop.add(store, a).outcome()).isEqualTo(Receipt.Outcome.COMPLETED);

    assertThat(Workshop.tree(tree)).isEqualTo(whole);
  }

  @Test
  void removingWhatIsNotPublishedIsRefused() throws IOException {
    shop.add(store, shop.sample("a", "1-1"));

    assertRefused("package-not-published", () -> shop.remove(store, "b"));
  }

  @Test
  void initExpectsNone() throws IOException {
    Change init = new Change(List.of(), Set.of(), new Change.Options(true, false, false));

    Receipt receipt = shop.publisher(store).publish(init, Publisher.Approval.ANY);

    assertThat(receipt.outcome()).isEqualTo(Receipt.Outcome.PUBLISHED);
    assertThat(shop.published(store)).isEmpty();
    assertRefused(
        "repository-exists", () -> shop.publisher(store).publish(init, Publisher.Approval.ANY));
  }

  // --- what lies there is not to be built on ---------------------------------------------------

  static Stream<Arguments> hostileStates() {
    return Stream.of(
        new Arguments("database-empty", t -> write(t, "t.db", "")),
        new Arguments("database-html", t -> write(t, "t.db", "<html>404</html>")),
        new Arguments("signature-other-bytes", t -> write(t, "t.db", "junk")),
        new Arguments("database-unsigned", t -> Files.delete(t.resolve("t.db.sig"))),
        new Arguments("signature-other-bytes", t -> write(t, "t.db.sig", "junk")));
  }

  private record Arguments(String finding, Attack attack) {}

  @FunctionalInterface
  private interface Attack {
    void on(Path tree) throws IOException;
  }

  private static void write(Path tree, String name, String content) throws IOException {
    Files.delete(tree.resolve(name));
    Files.writeString(tree.resolve(name), content);
  }

  @ParameterizedTest
  @MethodSource("hostileStates")
  void aDatabaseThatDoesNotVerifyIsNotBuiltOn(Arguments arguments) throws IOException {
    shop.layout(Layout.PLAIN);
    shop.add(store, shop.sample("a", "1-1"));
    removeGenerations();
    arguments.attack().on(tree);
    Map<String, String> before = Workshop.tree(tree);

    assertRefused(arguments.finding(), () -> shop.add(store, shop.sample("b", "1-1")));
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  private void removeGenerations() throws IOException {
    try (Stream<Path> files = Files.walk(tree.resolve("generations"))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void theDatabaseOfAnotherRepositoryIsNotBuiltOn() throws IOException {
    shop.layout(Layout.PLAIN);
    shop.add(store, shop.sample("a", "1-1"));
    for (String suffix : List.of("db", "db.sig", "files", "files.sig")) {
      Files.copy(tree.resolve("t." + suffix), tree.resolve("u." + suffix));
    }
    shop.spec =
        new RepositorySpec(
            new RepositoryName("u"),
            Optional.empty(),
            Layout.PLAIN,
            Compression.GZIP,
            DescOptions.DEFAULT,
            true);

    assertRefused("database-of-other-repository", () -> shop.add(store, shop.sample("b", "1-1")));
  }

  @Test
  void anOlderSignedPairPutBackIsNoticed() throws IOException {
    shop.layout(Layout.PLAIN);
    shop.add(store, shop.sample("a", "1-1"));
    Path kept = Files.createDirectories(directory.resolve("kept"));
    for (String name : List.of("t.db", "t.db.sig")) {
      Files.copy(tree.resolve(name), kept.resolve(name));
    }
    shop.add(store, shop.sample("a", "2-1"));
    for (String name : List.of("t.db", "t.db.sig")) {
      Files.copy(kept.resolve(name), tree.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    assertRefused("repository-rolled-back", () -> shop.add(store, shop.sample("a", "3-1")));
  }

  @Test
  void aLostDatabaseIsNotAnEmptyRepository() throws IOException {
    shop.layout(Layout.PLAIN);
    shop.add(store, shop.sample("a", "1-1"));
    shop.add(store, shop.sample("b", "1-1"));
    Files.delete(tree.resolve("t.db"));
    shop.memory.clear();

    assertRefused("database-lost", () -> shop.add(store, shop.sample("c", "1-1")));
    for (String name :
        List.of(
            "t.db.sig",
            "t.files",
            "t.files.sig",
            "t.db.tar.gz",
            "t.db.tar.gz.sig",
            "t.files.tar.gz",
            "t.files.tar.gz.sig")) {
      Files.delete(tree.resolve(name));
    }
    assertRefused("database-lost", () -> shop.add(store, shop.sample("c", "1-1")));
  }

  @Test
  void strangePackagesWithoutADatabaseAreNotANewRepository() throws IOException {
    Files.createDirectories(tree);
    Files.copy(shop.sample("a", "1-1"), tree.resolve("a-1-1-any.pkg.tar.zst"));

    assertRefused("packages-without-database", () -> shop.add(store, shop.sample("b", "1-1")));
  }

  @Test
  void packagesThatLieInTheTreeArePublishedInPlace() throws IOException {
    Files.createDirectories(tree);
    Path a = Files.copy(shop.sample("a", "1-1"), tree.resolve("a-1-1-any.pkg.tar.zst"));

    shop.add(store, a);

    assertThat(shop.published(store)).isEqualTo(Map.of("a", "1-1"));
    assertThat(tree.resolve("a-1-1-any.pkg.tar.zst.sig")).exists();
  }

  @Test
  void alteredFileListsAreNotBuiltOn() throws IOException {
    shop.layout(Layout.PLAIN);
    Receipt first = shop.add(store, shop.sample("a", "1-1"));
    Path own = tree.resolve("generations/" + first.generation().orElseThrow() + "/t.files");
    Files.writeString(own, "altered");

    assertThat(shop.add(store, shop.sample("b", "1-1")).outcome())
        .as("another copy with the signed digest serves")
        .isEqualTo(Receipt.Outcome.PUBLISHED);
    Receipt second = shop.add(store, shop.sample("c", "1-1"));
    Files.writeString(
        tree.resolve("generations/" + second.generation().orElseThrow() + "/t.files"), "altered");
    Files.writeString(tree.resolve("t.files"), "altered");
    Map<String, String> before = Workshop.tree(tree);
    assertRefused("generation-altered", () -> shop.add(store, shop.sample("d", "1-1")));
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  // --- times, rivals, layouts ----------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(Layout.class)
  void theDatabasesTimeGrowsByASecondWithEveryGeneration(Layout layout) throws IOException {
    shop.layout(layout);
    shop.pause = Pause.REAL;
    Instant last = Instant.EPOCH;
    for (int version = 1; version <= 3; version++) {
      shop.add(store, shop.sample("a", version + "-1"));
      Instant now = Files.getLastModifiedTime(tree.resolve("t.db")).toInstant();
      assertThat(now.getEpochSecond()).isGreaterThan(last.getEpochSecond());
      assertThat(now).isBeforeOrEqualTo(Instant.now());
      last = now;
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void aRivalThatIsFasterLosesNothing(Layout layout) throws IOException {
    shop.layout(layout);
    shop.add(store, shop.sample("a", "1-1"));
    Workshop rival = new Workshop(directory.resolve("rival")).layout(layout);
    AtomicBoolean once = new AtomicBoolean();
    shop.events =
        e -> {
          if (e instanceof Event.Publishing && once.compareAndSet(false, true)) {
            try {
              rival.add(new LocalStore(tree), rival.sample("theirs", "1-1"));
            } catch (IOException x) {
              throw new UncheckedIOException(x);
            }
          }
        };

    Receipt receipt = shop.add(store, shop.sample("ours", "1-1"));

    assertThat(receipt.sequence()).isEqualTo(3);
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "1-1", "ours", "1-1", "theirs", "1-1"));
    assertThat(shop.history(store).chain(10)).hasSize(3);
  }

  @Test
  void aLayoutIsChangedByTheNextGeneration() throws IOException {
    shop.layout(Layout.PLAIN);
    shop.add(store, shop.sample("a", "1-1"));

    shop.layout(Layout.POINTER).add(store, shop.sample("a", "2-1"));
    assertThat(Files.isSymbolicLink(tree.resolve("t.db"))).isTrue();
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "2-1"));

    shop.layout(Layout.PLAIN).add(store, shop.sample("a", "3-1"));
    assertThat(Files.isSymbolicLink(tree.resolve("t.db"))).isFalse();
    assertThat(tree.resolve("current")).doesNotExist();
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "3-1"));
  }

  @Test
  void twoRepositoriesShareADirectory() throws IOException {
    shop.layout(Layout.PLAIN);
    shop.add(store, shop.sample("a", "1-1"));
    RepositorySpec other =
        new RepositorySpec(
            new RepositoryName("u"),
            Optional.empty(),
            Layout.PLAIN,
            Compression.GZIP,
            DescOptions.DEFAULT,
            true);

    assertThat(Workshop.tree(tree)).isNotEmpty();
    shop.spec = other;
    assertRefused("packages-without-database", () -> shop.add(store, shop.sample("b", "1-1")));
  }

  @Test
  void sameInputsAndTimeGiveTheSameBytes() throws IOException {
    shop.clock = Workshop.fixed("2026-01-02T03:04:05Z");
    Store second = new LocalStore(directory.resolve("second"));

    Receipt one = shop.add(store, shop.sample("a", "1-1"), shop.sample("b", "1-1"));
    Receipt two = shop.add(second, shop.sample("b", "1-1"), shop.sample("a", "1-1"));

    assertThat(one.database()).isEqualTo(two.database());
    assertThat(Workshop.tree(directory.resolve("second"))).isEqualTo(Workshop.tree(tree));
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD", "XZ", "BZIP2", "NONE"})
  void databasesComeInEveryCompressionThatClientsRead(Compression compression) throws IOException {
    shop.spec =
        new RepositorySpec(
            new RepositoryName("t"),
            Optional.empty(),
            Layout.POINTER,
            compression,
            DescOptions.DEFAULT,
            true);

    shop.add(store, shop.sample("a", "1-1"));
    shop.add(store, shop.sample("b", "1-1"));

    assertThat(shop.published(store)).isEqualTo(Map.of("a", "1-1", "b", "1-1"));
    assertThat(tree.resolve("t.db.tar" + compression.suffix())).exists();
  }

  @Test
  void namesOfPackagesAreSortedInChanges() throws IOException {
    Plan plan =
        shop.publisher(store)
            .plan(Change.adding(List.of(shop.sample("b", "1-1"), shop.sample("a", "1-1"))));

    assertThat(plan.changes())
        .extracting(PackageChange::name)
        .containsExactly(new PackageName("a"), new PackageName("b"));
  }
}
