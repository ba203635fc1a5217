package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageFile;
import org.qrepo.alpm.PackageName;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.DescOptions;
import org.qrepo.database.FilesDatabaseReader;
import org.qrepo.database.ReadLimits;
import org.qrepo.io.Compression;
import org.qrepo.store.DryRunStore;
import org.qrepo.store.Verb;
import org.qrepo.store.local.LocalStore;

class AdoptionTest {
  private static final Adoption.Options NONE = Adoption.Options.NONE;
  private static final Adoption.Options DROP = new Adoption.Options(true, false, false, false);
  private static final Adoption.Options TAKE = new Adoption.Options(false, true, false, false);
  private static final Adoption.Options RESIGN = new Adoption.Options(false, false, true, false);
  private static final Adoption.Options ANEW = new Adoption.Options(false, false, false, true);
  private static final Adoption.Options ALL = new Adoption.Options(true, true, true, true);
  private static final String A = "a-1-1-any.pkg.tar.zst";
  private static final String B = "b-1-1-any.pkg.tar.zst";

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private Workshop shop;
  private Path tree;
  private Store store;
  private ForeignTree foreign;

  @BeforeEach
  void open() {
    shop = new Workshop(directory);
    tree = directory.resolve("tree");
    store = new LocalStore(tree);
    foreign = new ForeignTree(store);
  }

  private Receipt adopt(Adoption.Options options) throws IOException {
    return adopt(store, options);
  }

  private Receipt adopt(Store on, Adoption.Options options) throws IOException {
    return shop.publisher(on).publish(new Adoption(options), Publisher.Approval.ANY);
  }

  private Plan plan(Adoption.Options options) throws IOException {
    return shop.publisher(new DryRunStore(store)).plan(new Adoption(options));
  }

  /** What is told about the tree, each as {@code id subject}. */
  private List<String> told(Adoption.Options options) throws IOException {
    return plan(options).warnings().stream().map(f -> f.id() + " " + f.subject()).toList();
  }

  /** What the tree is refused for, each as {@code id subject}; nothing is written. */
  private List<String> refused(Adoption.Options options) throws IOException {
    Map<String, String> before = Workshop.tree(tree);
    RefusedException refused = catchThrowableOfType(RefusedException.class, () -> adopt(options));
    assertThat(refused).as("refusal").isNotNull();
    assertThat(Workshop.tree(tree)).isEqualTo(before);
    return refused.findings().stream().map(f -> f.id() + " " + f.subject()).toList();
  }

  private Generation live() throws IOException {
    return shop.history(store).live().orElseThrow();
  }

  private DatabaseEntry entry(String name) throws IOException {
    return live().database().entry(new PackageName(name)).orElseThrow();
  }

  private byte[] bytes(String name) throws IOException {
    return Workshop.read(store, name).orElseThrow();
  }

  private void write(String name, String content) throws IOException {
    foreign.put(name, content.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void whatRepoAddMadeBecomesAFirstGeneration(Place place) throws IOException {
    store = place.open(tree).get();
    shop.layout(place.layout);
    foreign = new ForeignTree(store);
    Path a = shop.sample("a", "1-1");
    Path b = shop.sample("b", "1:2-1");
    foreign.add(a).sign(A, shop.key).add(b).index().signDatabases(shop.key);
    byte[] signature = bytes(A + ".sig");

    Receipt receipt = adopt(NONE);

    assertThat(receipt.outcome()).isEqualTo(Receipt.Outcome.PUBLISHED);
    assertThat(receipt.changes()).isEmpty();
    assertThat(live().sequence()).isEqualTo(1);
    assertThat(live().lineage().parent()).isEmpty();
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "1-1", "b", "1:2-1"));
    assertThat(Workshop.isPairGood(store, shop.key)).isTrue();
    assertThat(bytes("t.db.tar.gz")).isEqualTo(bytes("t.db"));
    assertThat(bytes(A + ".sig")).isEqualTo(signature);
    PackageFile read = PackageFile.read(a, Set.of());
    assertThat(entry("a"))
        .isEqualTo(
            DatabaseEntry.describe(
                read.info(),
                A,
                read.size(),
                read.digests(),
                Optional.empty(),
                DescOptions.DEFAULT));
    byte[] files = bytes("t.files");
    FilesDatabaseReader.check(
        () -> new ByteArrayInputStream(files), "t.files", ReadLimits.files(), live().database());
    assertThat(lists(files)).contains("usr/share/a/version", "usr/share/b/version");
  }

  private static String lists(byte[] files) throws IOException {
    StringBuilder text = new StringBuilder();
    FilesDatabaseReader.read(
        () -> new ByteArrayInputStream(files),
        "t.files",
        ReadLimits.files(),
        (directory, size, list) ->
            text.append(new String(list.readAllBytes(), StandardCharsets.UTF_8)));
    return text.toString();
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void everythingWorksOnItAfterwards(Layout layout) throws IOException {
    shop.layout(layout);
    foreign.add(shop.sample("a", "1-1")).add(shop.sample("b", "1-1")).index();
    adopt(NONE);

    shop.add(store, shop.sample("a", "2-1"), shop.sample("c", "1-1"));
    shop.remove(store, "b");
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "2-1", "c", "1-1"));
    shop.rollback(store);
    shop.publisher(store).publish(new Rollback(Optional.of(first()), true), Publisher.Approval.ANY);
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "1-1", "b", "1-1"));
    assertThat(shop.history(store).chain(20)).hasSize(5);
    assertThat(shop.pruner(store).prune(new PrunePolicy(1, Duration.ZERO, Duration.ZERO)).outcome())
        .isEqualTo(PruneReport.Outcome.ANNOUNCED);
    assertThat(shop.repairer(store).repair().mended()).isEmpty();
    assertThat(adopt(NONE).outcome()).isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
  }

  /** The generation of the adoption. */
  private GenerationId first() throws IOException {
    List<History.Entry> chain = shop.history(store).chain(20);
    return chain.get(chain.size() - 1).generation().id();
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"XZ", "ZSTD", "NONE"})
  void databasesInOtherCompressionsGo(Compression compression) throws IOException {
    foreign.compression(compression).add(shop.sample("a", "1-1")).index().signDatabases(shop.key);
    adopt(NONE);
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "1-1"));
    assertThat(Workshop.tree(tree))
        .containsEntry("t.db", "-> current/t.db")
        .containsEntry("t.db.tar.gz", "-> current/t.db")
        .doesNotContainKeys(
            "t.db.tar" + compression.suffix(),
            "t.files.tar" + compression.suffix(),
            "t.db.tar" + compression.suffix() + ".sig");
  }

  @Test
  void allThatIsMendedOrLeftAloneIsTold() throws IOException {
    foreign.add(shop.sample("a", "1-1")).add(shop.sample("b", "1-1")).index();
    store.delete(new StoreKey("t.files"));
    write(B + ".sig", "stale");
    write("old-1-1-any.pkg.tar.zst", "not even a package");
    write("old-1-1-any.pkg.tar.zst.sig", "");
    write("gone-1-1-any.pkg.tar.zst.sig", "");
    write("t.db.tar.gz.old", "");
    write("notes.txt", "");
    assertThat(told(NONE))
        .containsExactlyInAnyOrder(
            "database-unsigned t.db",
            "files-database-missing t.files",
            "package-unsigned " + A,
            "signature-other-bytes " + B + ".sig",
            "package-orphan old-1-1-any.pkg.tar.zst",
            "signature-orphan gone-1-1-any.pkg.tar.zst.sig",
            "database-old t.db.tar.gz.old");
    adopt(NONE);
    assertThat(Workshop.tree(tree))
        .containsKeys("old-1-1-any.pkg.tar.zst", "t.db.tar.gz.old", "notes.txt");
    assertThat(bytes(B + ".sig")).isEqualTo(ForeignTree.signature(shop.key, bytes(B)));
  }

  @Test
  void aDryRunWritesNothing() throws IOException {
    foreign.add(shop.sample("a", "1-1")).index();
    Map<String, String> before = Workshop.tree(tree);
    Plan plan = plan(NONE);
    assertThat(plan.steps())
        .hasExactlyElementsOfTypes(
            Step.SignPackage.class,
            Step.WriteGeneration.class,
            Step.ReusePackage.class,
            Step.UploadSignature.class,
            Step.Commit.class);
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  @Test
  void aDatabaseSignatureThatIsStaleIsToldAndAForeignOneRefused() throws IOException {
    foreign.add(shop.sample("a", "1-1")).sign(A, shop.key).index();
    write("t.db.sig", "stale");
    assertThat(told(NONE)).containsExactly("signature-other-bytes t.db");

    foreign.signDatabases(new StampKey('B'));
    assertThat(refused(NONE)).containsExactly("key-unknown t.db");
    assertThat(told(RESIGN)).containsExactly("key-unknown t.db");
    adopt(RESIGN);
    assertThat(Workshop.isPairGood(tree, shop.key)).isTrue();
  }

  /** builderv2's first publish signs repo-add's name alone. */
  @Test
  void theSignatureBesideRepoAddsNameCounts() throws IOException {
    foreign.add(shop.sample("a", "1-1")).sign(A, shop.key).index();
    foreign.put("t.db.tar.gz.sig", ForeignTree.signature(shop.key, bytes("t.db")));
    assertThat(told(NONE)).isEmpty();
    foreign.put("t.db.tar.gz.sig", new byte[0]);
    assertThat(told(NONE)).containsExactly("signature-other-bytes t.db");
  }

  @Test
  void whatTheDatabaseNamesMustBeThere() throws IOException {
    foreign.add(shop.sample("a", "1-1"));
    foreign.entry(shop.sample("b", "1-1"));
    foreign.entry(shop.sample("c", "1-1"));
    Files.createSymbolicLink(tree.resolve("c-1-1-any.pkg.tar.zst"), Path.of("../gone"));
    foreign.index();
    assertThat(refused(NONE))
        .containsExactly("package-missing " + B, "package-link-dead c-1-1-any.pkg.tar.zst");
    Receipt receipt = adopt(DROP);
    assertThat(receipt.changes())
        .extracting(c -> c.name() + " " + c.kind())
        .containsExactly("b REMOVED", "c REMOVED");
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "1-1"));
  }

  @Test
  void otherBytesThanTheDatabaseNamesAreRefusedUnlessTheyAreMeant() throws IOException {
    foreign.add(shop.sample("a", "1-1")).add(shop.sample("b", "1-1")).index();
    byte[] rebuilt = Files.readAllBytes(shop.rebuilt("a", "1-1"));
    foreign.put(A, rebuilt);
    assertThat(refused(DROP)).containsExactly("entry-other-bytes " + A);
    Receipt receipt = adopt(TAKE);
    assertThat(receipt.changes())
        .extracting(c -> c.name() + " " + c.kind())
        .containsExactly("a REBUILT");
    assertThat(bytes(A)).isEqualTo(rebuilt);
    assertThat(entry("a").compressedSize()).isEqualTo(rebuilt.length);
    assertThat(entry("a").sha256()).contains(PackageFile.read(tree.resolve(A), Set.of()).sha256());
  }

  @Test
  void anotherVersionUnderTheNameIsTakenOnlyIfItIsMeant() throws IOException {
    foreign.add(shop.sample("a", "1-1")).index();
    foreign.put(A, Files.readAllBytes(shop.sample("a", "2-1")));
    assertThat(refused(NONE)).containsExactly("entry-other-version " + A);
    assertThat(told(TAKE)).contains("entry-other-version " + A, "package-name-mismatch " + A);
    adopt(TAKE);
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "2-1"));
    assertThat(entry("a").fileName()).isEqualTo(A);
  }

  @Test
  void anotherPackageIsNeverTaken() throws IOException {
    foreign.add(shop.sample("a", "1-1")).index();
    foreign.put(A, Files.readAllBytes(shop.sample("z", "1-1")));
    assertThat(refused(ALL)).containsExactly("entry-other-package " + A);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 40, 100})
  void aDamagedPackageIsRefused(int length) throws IOException {
    foreign.add(shop.sample("a", "1-1")).add(shop.sample("b", "1-1")).index();
    foreign.put(A, Arrays.copyOf(bytes(A), length));
    assertThat(refused(ALL)).singleElement().asString().endsWith(" " + A);
  }

  @Test
  void aForeignSignatureOfAPackageIsRefusedUnlessItIsToBeReplaced() throws IOException {
    foreign.add(shop.sample("a", "1-1")).sign(A, new StampKey('B')).index();
    assertThat(refused(NONE)).containsExactly("key-unknown " + A + ".sig");
    adopt(RESIGN);
    assertThat(bytes(A + ".sig")).isEqualTo(ForeignTree.signature(shop.key, bytes(A)));
  }

  @Test
  void aSignatureThatTheDatabaseRepeatsTakesThePlaceOfALostOne() throws IOException {
    Path file = shop.sample("a", "1-1");
    StampKey anew = StampKey.signingAnew('A');
    byte[] recorded = ForeignTree.signature(shop.key, Files.readAllBytes(file));
    shop.key = anew;
    foreign.addRecorded(file, recorded).index();
    assertThat(told(NONE)).contains("signature-missing " + A + ".sig");
    adopt(NONE);
    assertThat(bytes(A + ".sig")).isEqualTo(recorded);
    assertThat(entry("a").values("PGPSIG")).isEmpty();
  }

  @Test
  void linksThatLeadOutBecomeFilesAndOthersStay() throws IOException {
    foreign.add(shop.sample("a", "1-1")).sign(A, shop.key).add(shop.sample("b", "1-1")).index();
    Path pool = Files.createDirectory(directory.resolve("pool"));
    for (String name : List.of(A, A + ".sig")) {
      Files.move(tree.resolve(name), pool.resolve(name));
    }
    // Out of the tree over a link inside it.
    Files.createSymbolicLink(tree.resolve("hop"), Path.of("../pool/" + A));
    Files.createSymbolicLink(tree.resolve(A), Path.of("hop"));
    Files.createSymbolicLink(tree.resolve(A + ".sig"), pool.resolve(A + ".sig"));
    Files.createDirectory(tree.resolve("inner"));
    Files.move(tree.resolve(B), tree.resolve("inner").resolve(B));
    Files.createSymbolicLink(tree.resolve(B), Path.of("inner/" + B));
    assertThat(told(NONE)).contains("package-link " + A).doesNotContain("package-link " + B);

    adopt(NONE);

    assertThat(Files.isSymbolicLink(tree.resolve(A))).isFalse();
    assertThat(tree.resolve(A)).hasSameBinaryContentAs(pool.resolve(A));
    assertThat(Files.isSymbolicLink(tree.resolve(A + ".sig"))).isFalse();
    assertThat(tree.resolve(A + ".sig")).hasSameBinaryContentAs(pool.resolve(A + ".sig"));
    assertThat(Files.readSymbolicLink(tree.resolve(B))).hasToString("inner/" + B);
    assertThat(Files.exists(pool.resolve(A))).isTrue();
  }

  @Test
  void whatHasALineageIsLeftAsItIs() throws IOException {
    shop.add(store, shop.sample("a", "1-1"));
    Map<String, String> before = Workshop.tree(tree);
    assertThat(plan(NONE).isDone()).isTrue();
    assertThat(adopt(ALL).outcome()).isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
    assertThat(Workshop.tree(tree)).isEqualTo(before);

    shop.key = new StampKey('B');
    assertThat(refused(ALL)).containsExactly("key-unknown t.db");
  }

  @Test
  void whereThereIsNoDatabaseItSaysWhatThereIs() throws IOException {
    Workshop.assertRefused("database-not-there", () -> adopt(NONE));
    foreign.put("other.db.tar.gz", new byte[1]);
    RefusedException refused = catchThrowableOfType(RefusedException.class, () -> adopt(NONE));
    assertThat(refused.findings().get(0).details()).anyMatch(d -> d.contains("other.db.tar.gz"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "junk"})
  void whatIsNoDatabaseIsRefused(String content) throws IOException {
    write("t.db", content);
    refused(ALL);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void aLostLineageIsNoReasonToBeginAnewUnlessThatIsMeant(Layout layout) throws IOException {
    shop.layout(layout);
    shop.add(store, shop.sample("a", "1-1"));
    Generation lost = live();
    foreign.add(shop.sample("a", "1-1"));
    foreign.add(shop.sample("b", "1-1")).index();
    assertThat(refused(NONE)).containsExactly("lineage-lost t.db");
    RefusedException refused = catchThrowableOfType(RefusedException.class, () -> adopt(NONE));
    assertThat(refused.findings().get(0).details())
        .anyMatch(d -> d.contains("generations/" + lost.id()));

    adopt(ANEW);
    assertThat(live().sequence()).isEqualTo(1);
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "1-1", "b", "1-1"));
    shop.add(store, shop.sample("b", "2-1"));
  }

  @Test
  void aPublisherWithoutMemorySeesTheLostLineageToo() throws IOException {
    shop.add(store, shop.sample("a", "1-1"));
    foreign.add(shop.sample("a", "1-1")).index();
    shop.memory.clear();
    assertThat(refused(NONE)).containsExactly("lineage-lost t.db");

    store.delete(new StoreKey("t.db"));
    store.swapLink(new StoreKey("t.db"), Optional.empty(), "current/t.db");
    shop.add(store, shop.sample("a", "2-1"));
    shop.memory.clear();
    foreign.index();
    store.delete(new StoreKey("current"));
    assertThat(refused(NONE)).containsExactly("lineage-lost t.db");
  }

  @Test
  void whatRepoAddDoesMeanwhileIsNotLost() throws IOException {
    foreign.add(shop.sample("a", "1-1")).index().signDatabases(shop.key);
    AtomicBoolean done = new AtomicBoolean();
    HookedStore hooked =
        new HookedStore(
            store,
            (number, call) -> {
              if (call.verb() == Verb.PUT_ONCE
                  && call.key().map(k -> k.value().endsWith("/t.db.sig")).orElse(false)
                  && done.compareAndSet(false, true)) {
                try {
                  foreign.add(shop.sample("b", "1-1")).index().signDatabases(shop.key);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              }
            });
    assertThat(adopt(hooked, NONE).outcome()).isEqualTo(Receipt.Outcome.PUBLISHED);
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "1-1", "b", "1-1"));
    assertThat(store.folders(Optional.empty())).doesNotContain(Names.ADOPTING);
  }

  @Test
  void theLockOfTheDatabaseThatIsThereIsHonoured() throws IOException {
    foreign.compression(Compression.XZ).add(shop.sample("a", "1-1")).index();
    Files.writeString(tree.resolve("t.db.tar.xz.lck"), ProcessHandle.current().pid() + "\n");
    shop.patience = Duration.ofMillis(100);
    Map<String, String> before = Workshop.tree(tree);
    assertThatThrownBy(() -> adopt(NONE)).isInstanceOf(LockedException.class);
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  @Test
  void whereLinksWereLostTheDatabaseOfRepoAddsNameIsTaken() throws IOException {
    foreign.add(shop.sample("a", "1-1")).index();
    store.delete(new StoreKey("t.db"));
    Workshop.assertRefused("database-lost", () -> shop.add(store, shop.sample("b", "1-1")));
    foreign.put("t.db.tar.xz", new byte[] {1});
    assertThat(refused(NONE)).containsExactly("database-ambiguous t.db");
    store.delete(new StoreKey("t.db.tar.xz"));
    adopt(NONE);
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "1-1"));
    assertThat(Workshop.isPairGood(tree, shop.key)).isTrue();
  }

  @Test
  void anEntryThatSaysSomethingElseThanThePackageIsWrittenAnew() throws IOException {
    Path file =
        org.qrepo.alpm.SamplePackage.of("a", "1-1")
            .field("group", "one two")
            .writeTo(Files.createDirectories(directory.resolve("in")));
    foreign.add(file).index();
    Path other =
        org.qrepo.alpm.SamplePackage.of("a", "1-1")
            .field("group", "three")
            .writeTo(Files.createDirectories(directory.resolve("else")));
    PackageFile real = PackageFile.read(file, Set.of(org.qrepo.io.HashAlgorithm.MD5));
    PackageFile wrong = PackageFile.read(other, Set.of());
    foreign
        .replace(
            DatabaseEntry.describe(
                wrong.info(),
                A,
                real.size(),
                real.digests(),
                Optional.empty(),
                DescOptions.DEFAULT))
        .index();
    Plan plan = plan(NONE);
    assertThat(plan.warnings())
        .filteredOn(f -> f.id().equals("entry-differs"))
        .extracting(Finding::reason)
        .singleElement()
        .asString()
        .contains("GROUPS");
    adopt(NONE);
    assertThat(entry("a").values("GROUPS")).containsExactly("one two");
  }

  @Test
  void theRedirectOfApacheComesWithIt() throws IOException {
    shop.htaccess(true);
    foreign.add(shop.sample("a", "1-1")).index();
    write(".htaccess", "Options None");
    assertThat(refused(ALL)).containsExactly("htaccess-taken .htaccess");
    store.delete(new StoreKey(".htaccess"));
    adopt(NONE);
    assertThat(Workshop.tree(tree)).containsEntry(".htaccess", "-> current/htaccess");
    assertThat(adopt(NONE).outcome()).isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unsigned", "stale", "signed"})
  void whoeverPublishesThereIsToldToAdoptIt(String database) throws IOException {
    foreign.add(shop.sample("a", "1-1")).index();
    if (database.equals("stale")) {
      write("t.db.sig", "stale");
    } else if (database.equals("signed")) {
      foreign.signDatabases(shop.key);
    }
    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class, () -> shop.add(store, shop.sample("b", "1-1")));
    assertThat(refused.findings())
        .singleElement()
        .satisfies(f -> assertThat(f.details()).anyMatch(d -> d.contains("qrepo adopt")));
  }
}
