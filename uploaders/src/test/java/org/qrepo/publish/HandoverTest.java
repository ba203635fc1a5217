package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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
import org.qrepo.Finding;
import org.qrepo.FuzzRounds;
import org.qrepo.RefusedException;
import org.qrepo.io.Blob;
import org.qrepo.parcel.Manifest;
import org.qrepo.parcel.ParcelDirectory;
import org.qrepo.parcel.ParcelMaker;
import org.qrepo.parcel.ParcelStream;
import org.qrepo.parcel.ParcelTemplates;
import org.qrepo.parcel.Reception;
import org.qrepo.parcel.SignedManifest;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.MemoryStore;
import org.qrepo.store.Verb;
import org.qrepo.store.local.LocalStore;

/** From a build qube's repository, through a parcel, into the one that clients see. */
@Execution(ExecutionMode.CONCURRENT)
class HandoverTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private Workshop shop;
  private Path built;
  private Path live;

  @BeforeEach
  void publish() throws IOException {
    shop = new Workshop(directory);
    built = directory.resolve("built");
    live = directory.resolve("live");
    shop.add(new LocalStore(built), shop.sample("a", "1-1"), shop.sample("b", "1-1"));
  }

  private ParcelMaker maker(StampKey key) {
    return new ParcelMaker(
        LocalStore::new, shop.key, () -> key, InstantSource.system(), Events.NONE);
  }

  private Optional<ParcelDirectory> tryMake(Path repository, Optional<GenerationId> after)
      throws IOException {
    return maker(shop.key).make(directory.resolve("parcels"), wish(repository, after, List.of()));
  }

  private ParcelMaker.Wish wish(
      Path repository, Optional<GenerationId> after, List<ParcelTemplates.Found> templates) {
    Excerpt excerpt =
        new Excerpt(
            shop.spec,
            new LocalStore(repository),
            shop.key,
            new SeenDirectory(directory.resolve("seen")),
            Events.NONE,
            directory.resolve("scratch"),
            2);
    return new ParcelMaker.Wish(shop.spec.name(), excerpt, after, Optional.of("web"), templates);
  }

  private ParcelDirectory make(Path repository, Optional<GenerationId> after) throws IOException {
    return tryMake(repository, after).orElseThrow();
  }

  private ParcelDirectory all() throws IOException {
    return make(built, Optional.empty());
  }

  private ParcelDirectory since(Receipt receipt) throws IOException {
    return make(built, receipt.generation());
  }

  private Receipt add(String name, String version) throws IOException {
    return shop.add(new LocalStore(built), shop.sample(name, version));
  }

  private GenerationId liveIn(Path repository) throws IOException {
    return shop.history(new LocalStore(repository)).live().orElseThrow().id();
  }

  private MirrorReport receive(ParcelDirectory parcel) throws IOException {
    return receive(parcel, new LocalStore(live), Layout.POINTER);
  }

  private MirrorReport receive(ParcelDirectory parcel, Store destination, Layout layout)
      throws IOException {
    RepositorySpec there = new Workshop(directory).layout(layout).spec;
    return new Reception(
            new Mirror.End(there, destination),
            "web",
            shop.key,
            Optional.empty(),
            new SeenDirectory(directory.resolve("received")),
            Events.NONE,
            new Mirror.Settings(
                directory.resolve("scratch"),
                duration -> {},
                java.time.Duration.ofSeconds(20),
                5,
                2,
                20,
                false))
        .receive(parcel);
  }

  private static List<String> names(ParcelDirectory parcel) {
    return parcel.manifest().files().stream()
        .map(item -> item.path().value())
        .map(path -> path.replaceFirst("[0-9a-f]{16}", "ID"))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void theFirstBringsAllAndTheNextOnlyWhatIsNew(Place place) throws IOException {
    Store destination = place.open(live).get();
    Receipt first = shop.add(new LocalStore(built), shop.sample("c", "1-1"));
    ParcelDirectory whole = all();
    assertThat(whole.manifest().base()).isEmpty();
    assertThat(whole.manifest().packages()).isEqualTo(3);
    MirrorReport report = receive(whole, destination, place.layout);
    assertThat(report.outcome()).isEqualTo(MirrorReport.Outcome.MIRRORED);
    assertThat(shop.published(destination)).isEqualTo(Map.of("a", "1-1", "b", "1-1", "c", "1-1"));
    assertThat(shop.history(destination).chain(9)).hasSize(2);

    add("a", "2-1");
    Receipt last = add("a", "3-1");
    ParcelDirectory next = since(first);
    assertThat(names(next))
        .containsExactly(
            "repository/a-3-1-any.pkg.tar.zst",
            "repository/a-3-1-any.pkg.tar.zst.sig",
            "repository/generations/ID/generation.json",
            "repository/generations/ID/t.db",
            "repository/generations/ID/t.db.sig",
            "repository/generations/ID/t.files",
            "repository/generations/ID/t.files.sig",
            "repository/generations/ID/generation.json",
            "repository/generations/ID/t.db",
            "repository/generations/ID/t.db.sig",
            "repository/generations/ID/t.files",
            "repository/generations/ID/t.files.sig");
    assertThat(next.manifest().base().orElseThrow().generation())
        .isEqualTo(first.generation().orElseThrow());
    report = receive(next, destination, place.layout);
    assertThat(report.packages()).isEqualTo(1);
    assertThat(report.live().generation()).isEqualTo(last.generation().orElseThrow());
    assertThat(shop.published(destination)).isEqualTo(Map.of("a", "3-1", "b", "1-1", "c", "1-1"));
    assertThat(Workshop.isPairGood(destination, shop.key)).isTrue();
    assertThat(shop.history(destination).chain(9)).hasSize(4);
  }

  @Test
  void whatIsLiveIsTheSameToTheByte() throws IOException {
    ParcelDirectory parcel = all();
    parcel.verifyContents(n -> {});
    receive(parcel);
    assertThat(Workshop.tree(live)).isEqualTo(Workshop.tree(built));
  }

  @Test
  void nothingNewMakesNoParcel() throws IOException {
    assertThat(tryMake(built, Optional.of(liveIn(built)))).isEmpty();
    try (Stream<Path> left = Files.list(directory.resolve("parcels"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void namesOfParcelsAreNeverTheSame() throws IOException {
    Set<Path> names = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      names.add(all().directory().getFileName());
    }
    assertThat(names)
        .hasSize(5)
        .allMatch(name -> name.toString().matches("qrepo-t-1-[0-9a-f]{16}-[0-9a-f]{8}"));
  }

  @Test
  void whatWasReceivedIsReceivedAgainWithoutAWrite() throws IOException {
    ParcelDirectory parcel = all();
    receive(parcel);
    Map<String, String> before = Workshop.tree(live);
    assertThat(receive(parcel).outcome()).isEqualTo(MirrorReport.Outcome.ALREADY_MIRRORED);
    assertThat(Workshop.tree(live)).isEqualTo(before);
  }

  @Test
  void aDestinationWithinTheParcelIsBroughtToItsEnd() throws IOException {
    GenerationId one = liveIn(built);
    receive(all());
    Receipt two = add("a", "2-1");
    receive(make(built, Optional.of(one)));
    add("a", "3-1");
    assertThat(shop.published(new LocalStore(live))).containsEntry("a", "2-1");
    ParcelDirectory overlapping = make(built, Optional.of(one));
    assertThat(receive(overlapping).before().orElseThrow().generation())
        .isEqualTo(two.generation().orElseThrow());
    assertThat(shop.published(new LocalStore(live))).containsEntry("a", "3-1");
  }

  @Test
  void aLostParcelIsNamedWithTheCommandThatMakesItAgain() throws IOException {
    GenerationId one = liveIn(built);
    receive(all());
    Receipt two = add("a", "2-1");
    Receipt three = add("b", "2-1");
    Map<String, String> before = Workshop.tree(live);
    assertThatThrownBy(() -> receive(since(two)))
        .isInstanceOf(ConflictException.class)
        .hasMessageStartingWith("a parcel before this one is missing")
        .hasMessageContaining("generation " + one + " (seq 1) at " + live)
        .hasMessageContaining("    qrepo handover web --since " + one + "\n");
    assertThat(Workshop.tree(live)).isEqualTo(before);

    receive(make(built, Optional.of(one)));
    assertThat(liveIn(live)).isEqualTo(three.generation().orElseThrow());
  }

  @Test
  void aVacantDestinationNeedsAWholeParcel() throws IOException {
    GenerationId one = liveIn(built);
    add("a", "2-1");
    ParcelDirectory part = make(built, Optional.of(one));
    assertThatThrownBy(() -> receive(part))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("nothing is published at " + live)
        .hasMessageEndingWith("qrepo handover web --all");
    assertThat(live).doesNotExist();
  }

  @Test
  void anOlderParcelIsRefused() throws IOException {
    GenerationId one = liveIn(built);
    ParcelDirectory old = all();
    receive(old);
    add("a", "2-1");
    receive(make(built, Optional.of(one)));
    Map<String, String> before = Workshop.tree(live);
    Workshop.assertRefused("parcel-older", () -> receive(old));
    assertThat(Workshop.tree(live)).isEqualTo(before);
  }

  /** The commands that the message gives are carried out, by the engine that they run. */
  @Test
  void ofTwoBuildQubesTheSecondIsToldHowToFollowTheFirst() throws IOException {
    GenerationId one = liveIn(built);
    receive(all());
    Path other = Workshop.copy(built, directory.resolve("other"));
    add("a", "2-1");
    receive(make(built, Optional.of(one)));
    shop.add(new LocalStore(other), shop.sample("b", "2-1"));
    Map<String, String> before = Workshop.tree(live);
    GenerationId published = liveIn(live);
    ParcelDirectory second = make(other, Optional.of(one));
    assertThatThrownBy(() -> receive(second))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("qrepo mirror web ~/qrepo-t --layout plain && qvm-copy ~/qrepo-t")
        .hasMessageContaining("qrepo handover NEW-DIRECTORY --since " + published);
    assertThat(Workshop.tree(live)).isEqualTo(before);

    Path carried = directory.resolve("carried");
    shop.mirror(new LocalStore(live), new LocalStore(carried), Layout.PLAIN, 20).mirror();
    Path anew = directory.resolve("new");
    Workshop plain = new Workshop(directory).layout(Layout.PLAIN);
    plain.mirror(new LocalStore(carried), new LocalStore(anew), Layout.POINTER, 20).mirror();
    shop.add(new LocalStore(anew), shop.sample("b", "2-1"));
    receive(make(anew, Optional.of(published)));
    assertThat(shop.published(new LocalStore(live))).isEqualTo(Map.of("a", "2-1", "b", "2-1"));
  }

  @Test
  void aBaseThatTheRepositoryNeverHadIsRefused() {
    GenerationId never = new GenerationId("0123456789abcdef");
    Workshop.assertRefused("excerpt-base-unknown", () -> make(built, Optional.of(never)));
  }

  @Test
  void whatIsGoneFromTheDestinationComesWithAWholeParcel() throws IOException {
    GenerationId one = liveIn(built);
    receive(all());
    Files.delete(live.resolve("b-1-1-any.pkg.tar.zst"));
    add("a", "2-1");
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> receive(make(built, Optional.of(one))));
    assertThat(refused.findings()).extracting(Finding::id).containsExactly("package-missing");
    assertThat(refused.findings().get(0).details())
        .last()
        .isEqualTo("In the build qube: qrepo handover web --all");
    assertThat(liveIn(live)).isEqualTo(one);
    receive(all());
    assertThat(live.resolve("b-1-1-any.pkg.tar.zst")).exists();
    assertThat(shop.published(new LocalStore(live))).containsEntry("a", "2-1");
  }

  @Test
  void aRollbackIsHandedOverWithTheOldPackage() throws IOException {
    receive(all());
    GenerationId one = liveIn(built);
    add("a", "2-1");
    receive(make(built, Optional.of(one)));
    GenerationId two = liveIn(built);
    Files.delete(live.resolve("a-1-1-any.pkg.tar.zst"));
    shop.rollback(new LocalStore(built));
    receive(make(built, Optional.of(two)));
    assertThat(shop.published(new LocalStore(live))).containsEntry("a", "1-1");
    assertThat(live.resolve("a-1-1-any.pkg.tar.zst")).exists();
  }

  /** Something that somebody does to a parcel on its way. */
  @FunctionalInterface
  interface Attack {
    void on(Path parcel) throws IOException;
  }

  private static final String PACKAGE = "repository/a-1-1-any.pkg.tar.zst";

  private static Arguments attack(String finding, String name, Attack attack) {
    return Arguments.of(name, finding, attack);
  }

  static Stream<Arguments> attacks() {
    return Stream.of(
        attack(
            "parcel-manifest-missing",
            "no manifest",
            p -> Files.delete(p.resolve("manifest.json"))),
        attack(
            "parcel-unsigned", "no signature", p -> Files.delete(p.resolve("manifest.json.sig"))),
        attack(
            "signature-other-bytes",
            "a manifest with other bytes",
            p -> flip(p.resolve("manifest.json"))),
        attack(
            "key-unknown",
            "signed by another",
            p ->
                Files.write(
                    p.resolve("manifest.json.sig"),
                    new StampKey('B')
                        .sign(
                            Signable.of(
                                "manifest.json", Files.readAllBytes(p.resolve("manifest.json")))))),
        attack(
            "signature-other-bytes",
            "an empty signature",
            p -> Files.write(p.resolve("manifest.json.sig"), new byte[0])),
        attack(
            "signature-other-bytes",
            "a large signature",
            p -> Files.write(p.resolve("manifest.json.sig"), new byte[1 << 20])),
        attack(
            "parcel-manifest-too-large",
            "a large manifest",
            p -> fill(p.resolve("manifest.json"), (64 << 20) + 1)),
        attack("parcel-not-a-file", "the manifest a link", p -> link(p, "manifest.json")),
        attack("parcel-not-a-file", "the signature a link", p -> link(p, "manifest.json.sig")),
        attack("parcel-not-a-file", "a package a link to itself elsewhere", p -> link(p, PACKAGE)),
        attack("parcel-not-a-file", "a folder a link", p -> link(p, "repository/generations")),
        attack("parcel-not-a-file", "a package a named pipe", p -> pipe(p.resolve(PACKAGE))),
        attack(
            "parcel-not-a-file",
            "the manifest a named pipe",
            p -> pipe(p.resolve("manifest.json"))),
        attack(
            "parcel-not-a-file",
            "a link more",
            p -> Files.createSymbolicLink(p.resolve("x"), Path.of("manifest.json"))),
        attack("parcel-file-missing", "a package missing", p -> Files.delete(p.resolve(PACKAGE))),
        attack(
            "parcel-file-missing",
            "a package in capitals",
            p -> Files.move(p.resolve(PACKAGE), p.resolve(PACKAGE.replace("/a-", "/A-")))),
        attack(
            "parcel-file-extra",
            "a package more",
            p -> Files.write(p.resolve("repository/x-1-1-any.pkg.tar.zst"), new byte[1])),
        attack(
            "parcel-file-extra", "a file more", p -> Files.write(p.resolve("README"), new byte[1])),
        attack(
            "parcel-file-extra",
            "a name with control characters",
            p -> Files.write(p.resolve("repository/a\n\u001b[2J"), new byte[1])),
        attack(
            "parcel-file-extra",
            "a folder more",
            p -> Files.createDirectories(p.resolve("repository/x/y/z"))),
        attack(
            "parcel-file-extra",
            "a hidden file",
            p -> Files.write(p.resolve(".hidden"), new byte[1])),
        attack(
            "parcel-file-altered",
            "a package longer",
            p -> Files.write(p.resolve(PACKAGE), new byte[1 << 20])),
        attack(
            "parcel-file-altered",
            "a package empty",
            p -> Files.write(p.resolve(PACKAGE), new byte[0])),
        attack("parcel-file-altered", "a package with other bytes", p -> flip(p.resolve(PACKAGE))),
        attack(
            "parcel-file-altered",
            "a signature with other bytes",
            p -> flip(p.resolve(PACKAGE + ".sig"))));
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  private static void fill(Path file, long size) throws IOException {
    try (var channel =
        java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.wrap(new byte[1]), size - 1);
    }
  }

  /** The same thing, elsewhere, and a link to it. */
  private static void link(Path parcel, String name) throws IOException {
    Path elsewhere = parcel.resolveSibling("elsewhere");
    Files.move(parcel.resolve(name), elsewhere);
    Files.createSymbolicLink(parcel.resolve(name), elsewhere);
  }

  private static void pipe(Path file) throws IOException {
    Files.delete(file);
    try {
      Process mkfifo = new ProcessBuilder("mkfifo", file.toString()).start();
      assertThat(mkfifo.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(mkfifo.exitValue()).isZero();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("attacks")
  void aParcelThatSomebodyTouchedIsRefused(String name, String finding, Attack attack)
      throws IOException {
    Path parcel = all().directory();
    attack.on(parcel);
    Workshop.assertRefused(
        finding,
        () -> ParcelDirectory.open(parcel, shop.spec.name(), shop.key).verifyContents(n -> {}));
  }

  @Test
  void parcelsOfOtherRepositoriesAreRefused() throws IOException {
    Path parcel = all().directory();
    Workshop.assertRefused(
        "parcel-of-other-repository",
        () -> ParcelDirectory.open(parcel, new RepositoryName("u"), shop.key));
    Workshop.assertRefused(
        "parcel-missing",
        () -> ParcelDirectory.open(parcel.resolve("manifest.json"), shop.spec.name(), shop.key));
    Path link = Files.createSymbolicLink(directory.resolve("link"), parcel);
    Workshop.assertRefused(
        "parcel-missing", () -> ParcelDirectory.open(link, shop.spec.name(), shop.key));
  }

  @Test
  void aKeyThatTheReceiverDoesNotTrustMakesNoParcel() {
    assertThatThrownBy(
            () ->
                maker(new StampKey('B'))
                    .make(directory.resolve("parcels"), wish(built, Optional.empty(), List.of())))
        .isInstanceOf(RefusedException.class);
    assertThat(directory.resolve("parcels")).isEmptyDirectory();
  }

  /** Each file in turn changes between the check of the parcel and its reading. */
  @Test
  void whatChangesWhileItIsReadIsNeverLive() throws IOException {
    List<String> paths = all().manifest().files().stream().map(i -> i.path().value()).toList();
    assertThat(paths).hasSize(9);
    for (String path : paths) {
      ParcelDirectory parcel = all();
      parcel.verifyContents(n -> {});
      Path file = parcel.directory().resolve(path);
      byte[] before = Files.readAllBytes(file);
      flip(file);
      Path place = directory.resolve("live-" + path.hashCode());
      if (path.endsWith("generation.json")) {
        assertThatThrownBy(() -> receive(parcel, new LocalStore(place), Layout.PLAIN))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("changed while it was read");
      } else {
        assertThatThrownBy(() -> receive(parcel, new LocalStore(place), Layout.PLAIN))
            .isInstanceOfAny(IOException.class, RefusedException.class);
      }
      assertThat(place.resolve("t.db")).doesNotExist();
      Files.write(file, before);
      receive(parcel, new LocalStore(place), Layout.PLAIN);
      assertThat(Workshop.isPairGood(place, shop.key)).isTrue();
      assertThat(shop.published(new LocalStore(place)))
          .isEqualTo(shop.published(new LocalStore(built)));
    }
  }

  @Test
  void aPackageThatChangesWhileItIsSentIsNotStored() throws IOException {
    ParcelDirectory parcel = all();
    Path file = parcel.directory().resolve(PACKAGE);
    HookedStore store =
        new HookedStore(
            new LocalStore(live),
            (n, call) -> {
              if (call.verb() == Verb.PUT_ONCE
                  && call.key().filter(k -> PACKAGE.endsWith(k.value())).isPresent()) {
                try {
                  flip(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
    assertThatThrownBy(() -> receive(parcel, store, Layout.POINTER))
        .isInstanceOfAny(IOException.class, RefusedException.class);
    assertThat(live.resolve("a-1-1-any.pkg.tar.zst")).doesNotExist();
    assertThat(live.resolve("t.db")).doesNotExist();
  }

  static Stream<Arguments> sweeps() {
    return Stream.of(Layout.values())
        .flatMap(
            layout -> Stream.of(FaultyStore.Mode.values()).map(mode -> Arguments.of(layout, mode)));
  }

  /** Every call to the destination fails in turn; receiving again completes. */
  @ParameterizedTest(name = "{0}, call fails {1}")
  @MethodSource("sweeps")
  void everyCallFailsInTurn(Layout layout, FaultyStore.Mode mode) throws IOException {
    GenerationId one = liveIn(built);
    Path older = directory.resolve("older");
    receive(all(), new LocalStore(older), layout);
    add("a", "2-1");
    ParcelDirectory parcel = make(built, Optional.of(one));
    Map<String, String> after = shop.published(new LocalStore(built));
    int begun = 0;
    int n = 1;
    for (boolean reached = true; reached; n++) {
      Path place = Workshop.copy(older, directory.resolve("place" + n));
      FaultyStore faulty = new FaultyStore(new LocalStore(place), n, mode);
      try (faulty) {
        receive(parcel, faulty, layout);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("fault made");
      }
      reached = faulty.count() >= n;
      begun += Workshop.isPairGood(place, shop.key) ? 0 : 1;
      receive(parcel, new LocalStore(place), layout);
      assertThat(Workshop.isPairGood(place, shop.key)).as("completed after %s", n).isTrue();
      assertThat(shop.published(new LocalStore(place))).isEqualTo(after);
      assertThat(receive(parcel, new LocalStore(place), layout).outcome())
          .isEqualTo(MirrorReport.Outcome.ALREADY_MIRRORED);
    }
    assertThat(n).isGreaterThan(30);
    assertThat(begun).isLessThanOrEqualTo(layout == Layout.POINTER ? 0 : 8);
    System.out.printf(
        "fault sweep of receive: %s, %s: %d points, %d that clients refuse%n",
        layout, mode, n - 1, begun);
  }

  private byte[] stream(ParcelDirectory parcel) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ParcelStream.write(parcel, out, n -> {});
    return out.toByteArray();
  }

  private ParcelDirectory read(byte[] bytes) throws IOException {
    return ParcelStream.read(
        new ByteArrayInputStream(bytes),
        directory.resolve("incoming"),
        shop.spec.name(),
        shop.key,
        n -> {});
  }

  @Test
  void aStreamBringsTheSameParcel() throws IOException {
    ParcelDirectory sent = all();
    ParcelDirectory arrived = read(stream(sent));
    assertThat(Workshop.tree(arrived.directory())).isEqualTo(Workshop.tree(sent.directory()));
    arrived.verifyContents(n -> {});
    receive(arrived);
    assertThat(shop.published(new LocalStore(live)))
        .isEqualTo(shop.published(new LocalStore(built)));
    assertThatThrownBy(() -> read(stream(sent)))
        .hasMessageContaining(sent.directory().getFileName() + "");
  }

  /** Flipped, cut, doubled and inserted bytes: the very parcel, or nothing at all. */
  @Test
  void aBrokenStreamLeavesNothing() throws IOException {
    ParcelDirectory sent = all();
    Map<String, String> expected = Workshop.tree(sent.directory());
    byte[] whole = stream(sent);
    Random random = new Random(20261122);
    int accepted = 0;
    int rounds = FuzzRounds.atLeast(400);
    for (int i = 0; i < rounds; i++) {
      try {
        ParcelDirectory arrived = read(mutated(whole, random));
        assertThat(Workshop.tree(arrived.directory())).isEqualTo(expected);
        ParcelMaker.remove(arrived.directory());
        accepted++;
      } catch (RefusedException e) {
        assertThat(e.findings().get(0).id()).matches("parcel-.*|signature-.*|key-.*");
      }
      Path incoming = directory.resolve("incoming");
      assertThat(!Files.exists(incoming) || isEmpty(incoming)).as("round " + i).isTrue();
    }
    assertThat(accepted).isLessThan(rounds / 2);
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  private static byte[] mutated(byte[] whole, Random random) {
    int at = random.nextInt(whole.length);
    byte[] bytes = whole.clone();
    switch (random.nextInt(4)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes = Arrays.copyOf(whole, at);
      case 2 -> {
        int block = at / 512 * 512;
        bytes = Arrays.copyOf(whole, whole.length + 512);
        System.arraycopy(whole, block, bytes, block + 512, whole.length - block);
      }
      default -> {
        bytes = Arrays.copyOf(whole, whole.length + 1 + random.nextInt(2000));
        bytes[bytes.length - 1] = 1;
      }
    }
    return bytes;
  }

  @Test
  void aStrangersStreamWritesNothingToDisk() throws IOException {
    byte[] zeros = new byte[1 << 20];
    Workshop.assertRefused("parcel-stream-broken", () -> read(zeros));
    byte[] text =
        "GET / HTTP/1.1\r\n".repeat(1000).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    Workshop.assertRefused("parcel-stream-broken", () -> read(text));
    Workshop.assertRefused("parcel-stream-broken", () -> read(new byte[0]));
    assertThat(directory.resolve("incoming")).doesNotExist();
  }

  @Test
  void templatesComeWithTheParcelAndTheirIndexIsChangedLast() throws IOException {
    Store source = new LocalStore(directory.resolve("templates"));
    Workshop.put(source, "rpm/qubes-template-a-4.3.0-1.noarch.rpm", "rpm one");
    Workshop.put(source, "repodata/repomd.xml", "index one");
    Workshop.put(source, "repodata/abc-primary.xml.zst", "primary one");
    ParcelDirectory parcel =
        maker(shop.key)
            .make(
                directory.resolve("parcels"),
                wish(
                    built,
                    Optional.of(liveIn(built)),
                    ParcelTemplates.find(source, ParcelTemplates.Known.NOTHING)))
            .orElseThrow();
    assertThat(names(parcel)).filteredOn(n -> n.startsWith("templates/")).hasSize(3);

    MemoryStore inner = MemoryStore.plain();
    Workshop.put(inner, "repodata/repomd.xml", "older index");
    FaultyStore served = FaultyStore.counting(inner);
    assertThat(ParcelTemplates.deliver(parcel, served, Events.NONE)).isEqualTo(3);
    assertThat(Workshop.read(served, "repodata/repomd.xml"))
        .contains("index one".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    List<String> written =
        served.calls().stream()
            .filter(c -> c.verb() == Verb.PUT_ONCE)
            .map(c -> c.key().orElseThrow().value())
            .toList();
    assertThat(written)
        .containsExactly(
            "rpm/qubes-template-a-4.3.0-1.noarch.rpm",
            "repodata/abc-primary.xml.zst",
            "repodata/repomd.xml");
    assertThat(ParcelTemplates.deliver(parcel, served, Events.NONE)).isZero();

    Store taken = MemoryStore.plain();
    Workshop.put(taken, "rpm/qubes-template-a-4.3.0-1.noarch.rpm", "other bytes");
    assertThatThrownBy(() -> ParcelTemplates.deliver(parcel, taken, Events.NONE))
        .isInstanceOf(StoreException.class);
    assertThat(Workshop.read(taken, "repodata/repomd.xml")).isEmpty();

    assertThat(ParcelTemplates.find(source, known(true, true))).isEmpty();
    assertThat(ParcelTemplates.find(source, known(true, false))).hasSize(2);
    assertThat(ParcelTemplates.find(source, known(false, true))).hasSize(1);
  }

  private static ParcelTemplates.Known known(boolean rpms, boolean index) {
    return new ParcelTemplates.Known() {
      @Override
      public boolean rpm(StoreKey key) {
        return rpms;
      }

      @Override
      public boolean index(StoreKey key, org.qrepo.io.Sha256 digest) {
        return index;
      }
    };
  }

  @Test
  void theManifestTellsAllOfIt() throws IOException {
    ParcelDirectory parcel = all();
    Manifest manifest = parcel.manifest();
    assertThat(manifest.repository()).isEqualTo(shop.spec.name());
    assertThat(manifest.target()).contains("web");
    assertThat(manifest.head().generation()).isEqualTo(liveIn(built));
    assertThat(parcel.signed().signer()).isEqualTo(shop.key.certificate());
    String text = Files.readString(parcel.directory().resolve(SignedManifest.NAME));
    assertThat(text)
        .startsWith("{\n  \"schema\": \"qrepo.parcel/1\",\n")
        .doesNotContain(directory + "");
    assertThat(Blob.of(Files.readAllBytes(parcel.directory().resolve(PACKAGE))).sha256())
        .isEqualTo(manifest.files().get(0).sha256());
  }
}
