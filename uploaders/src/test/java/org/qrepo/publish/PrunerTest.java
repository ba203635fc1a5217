package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.RefusedException;
import org.qrepo.io.Blob;
import org.qrepo.store.InterceptingStore;
import org.qrepo.store.MemoryStore;
import org.qrepo.store.StoreCall;
import org.qrepo.store.Verb;

class PrunerTest {
  private static final PrunePolicy ONE_PARENT = new PrunePolicy(1, Duration.ofDays(30));
  private static final StoreKey ANNOUNCEMENT = new StoreKey("generations/prune.json");

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Workshop shop;
  private final MemoryStore store =
      new MemoryStore(new StoreTraits(true, true, false, 2), () -> now, ChronoUnit.NANOS);
  private final List<GenerationId> made = new ArrayList<>();

  PrunerTest(@TempDir(factory = MemoryDirectory.class) Path directory) {
    shop = new Workshop(directory);
    shop.clock = () -> now;
  }

  /** Five versions of a package, ten days apart; the last is live for a day. */
  private void fiveVersions(Store into) throws IOException {
    for (int i = 1; i <= 5; i++) {
      now = now.plus(Duration.ofDays(10));
      made.add(shop.add(into, shop.sample("a", i + "-1")).generation().orElseThrow());
    }
    now = now.plus(Duration.ofDays(1));
  }

  private static StoreKey version(int i) {
    return new StoreKey("a-" + i + "-1-any.pkg.tar.zst");
  }

  private boolean isThere(StoreKey key) throws IOException {
    return store.stat(key).isPresent();
  }

  private boolean isThere(GenerationId id) {
    return store.contents().keySet().stream()
        .anyMatch(key -> key.value().startsWith("generations/" + id + "/"));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void whatIsAnnouncedIsDeletedADayLater(Layout layout) throws IOException {
    shop.layout(layout);
    fiveVersions(store);
    now = now.plus(Duration.ofDays(12));
    Map<StoreKey, String> before = store.contents();

    PruneReport first = shop.pruner(store).prune(ONE_PARENT);

    // Superseded 43, 33, 23 and 13 days ago; the fourth is the parent too.
    assertThat(first.outcome()).isEqualTo(PruneReport.Outcome.ANNOUNCED);
    assertThat(first.announced().generations())
        .containsExactlyInAnyOrderElementsOf(made.subList(0, 2));
    assertThat(first.announced().packages()).containsExactly(version(1), version(2));
    assertThat(first.kept()).isEqualTo(3);
    assertThat(first.due()).contains(now.plus(Duration.ofDays(1)));
    assertThat(first.deleted().isEmpty()).isTrue();
    Map<StoreKey, String> announced = store.contents();
    assertThat(announced).containsAllEntriesOf(before).hasSize(before.size() + 1);

    now = now.plus(Duration.ofHours(23));
    PruneReport early = shop.pruner(store).prune(ONE_PARENT);
    assertThat(early.outcome()).isEqualTo(PruneReport.Outcome.WAITING);
    assertThat(early.due()).isEqualTo(first.due());
    assertThat(store.contents()).isEqualTo(announced);

    now = now.plus(Duration.ofHours(1));
    PruneReport second = shop.pruner(store).prune(ONE_PARENT);
    assertThat(second.outcome()).isEqualTo(PruneReport.Outcome.DELETED);
    assertThat(second.deleted()).isEqualTo(first.announced());
    assertThat(second.deleted().bytes()).isPositive();
    assertThat(second.announced().isEmpty()).isTrue();
    for (int i = 1; i <= 5; i++) {
      assertThat(isThere(made.get(i - 1))).as("generation " + i).isEqualTo(i > 2);
      assertThat(isThere(version(i))).as("package " + i).isEqualTo(i > 2);
      assertThat(isThere(Names.signature(version(i)))).as("signature " + i).isEqualTo(i > 2);
    }
    assertThat(isThere(ANNOUNCEMENT)).isFalse();
    assertThat(before).containsAllEntriesOf(store.contents());
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "5-1"));

    assertThat(shop.pruner(store).prune(ONE_PARENT).outcome())
        .isEqualTo(PruneReport.Outcome.NOTHING);
  }

  @Test
  void parentsAreKeptByCountWhateverTheirAge() throws IOException {
    fiveVersions(store);
    now = now.plus(Duration.ofDays(1000));
    for (int keep = 0; keep <= 5; keep++) {
      PruneReport report = shop.pruner(store).plan(new PrunePolicy(keep, Duration.ZERO));
      assertThat(report.announced().generations())
          .containsExactlyInAnyOrderElementsOf(made.subList(0, Math.max(0, 4 - keep)));
    }
  }

  @Test
  void theLiveGenerationStaysEvenIfNothingIsKept() throws IOException {
    fiveVersions(store);
    PrunePolicy nothing = new PrunePolicy(0, Duration.ZERO, Duration.ZERO);
    shop.pruner(store).prune(nothing);
    now = now.plusSeconds(1);
    shop.pruner(store).prune(nothing);
    assertThat(store.folders(Optional.of(Names.GENERATIONS)))
        .containsExactly(Names.generation(made.get(4)));
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "5-1"));
    assertThat(shop.add(store, shop.sample("a", "5-1")).outcome())
        .isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
  }

  @Test
  void aPackageThatAnyKeptGenerationNamesStays() throws IOException {
    shop.add(store, shop.sample("a", "1-1"), shop.sample("always", "1-1"));
    fiveVersions(store);
    twice(new PrunePolicy(0, Duration.ZERO));
    assertThat(isThere(new StoreKey("always-1-1-any.pkg.tar.zst"))).isTrue();
    assertThat(isThere(version(1))).isFalse();
  }

  private PruneReport twice(PrunePolicy policy) throws IOException {
    shop.pruner(store).prune(policy);
    now = now.plus(Duration.ofDays(2));
    return shop.pruner(store).prune(policy);
  }

  @Test
  void filesThatNoGenerationNamesAreNeverTouched() throws IOException {
    fiveVersions(store);
    List<StoreKey> strangers =
        List.of(
            new StoreKey("stranger-1-1-any.pkg.tar.zst"),
            new StoreKey("stranger-1-1-any.pkg.tar.zst.sig"),
            new StoreKey("index.html"),
            new StoreKey("generations/README"),
            new StoreKey("generations/" + made.get(0) + "/notes.txt"),
            new StoreKey("other/a-1-1-any.pkg.tar.zst"));
    for (StoreKey key : strangers) {
      store.putOnce(key, Blob.of(new byte[] {1}));
    }
    twice(new PrunePolicy(0, Duration.ZERO));
    for (StoreKey key : strangers) {
      assertThat(isThere(key)).as(key.value()).isTrue();
    }
    assertThat(isThere(version(1))).isFalse();
    now = now.plus(Duration.ofDays(2));
    assertThat(shop.pruner(store).prune(new PrunePolicy(0, Duration.ZERO)).outcome())
        .isEqualTo(PruneReport.Outcome.NOTHING);
  }

  @Test
  void anAnnouncementThatSomebodyForgedDeletesNothingThatIsNeeded() throws IOException {
    fiveVersions(store);
    Map<StoreKey, String> before = store.contents();
    PruneAnnouncement forged =
        new PruneAnnouncement(
            Set.copyOf(made),
            Set.of(version(4).value(), version(5).value(), "stranger.pkg.tar.zst"));
    store.putOnce(ANNOUNCEMENT, Blob.of(forged.json()));
    now = now.plus(Duration.ofDays(2));
    shop.pruner(store).prune(new PrunePolicy(1, Duration.ZERO));
    assertThat(isThere(version(5))).isTrue();
    assertThat(isThere(version(4))).isTrue();
    assertThat(isThere(made.get(3))).isTrue();
    // The packages of the others were not announced: they go with their generations, or not at all.
    assertThat(store.contents()).containsAllEntriesOf(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "{}",
        "[]",
        "{\"schema\":\"qrepo.prune/2\"}",
        "{\"schema\":\"qrepo.prune/1\",\"packages\":[\"../../etc/passwd\"]}",
        "{\"schema\":\"qrepo.prune/1\",\"packages\":[\"t.db\"]}",
        "{\"schema\":\"qrepo.prune/1\",\"generations\":[\"..\"]}",
        "{\"schema\":\"qrepo.prune/1\",\"generations\":[1]}",
        "{\"schema\":\"qrepo.prune/1\",\"generations\":[",
        "{\"schema\":\"qrepo.prune/1\",\"generations\":{}}"
      })
  void anAnnouncementThatCannotBeReadStopsThePrune(String text) throws IOException {
    fiveVersions(store);
    store.putOnce(ANNOUNCEMENT, Blob.of(text.getBytes(StandardCharsets.UTF_8)));
    refused("prune-announcement-unreadable");
  }

  private void refused(String id) throws IOException {
    Map<StoreKey, String> before = store.contents();
    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class,
            () -> shop.pruner(store).prune(new PrunePolicy(0, Duration.ZERO)));
    assertThat(refused.findings()).extracting(f -> f.id()).containsExactly(id);
    assertThat(store.contents()).isEqualTo(before);
  }

  @Test
  void aPublishUnderWayStopsThePrune() throws IOException {
    fiveVersions(store);
    StoreKey note = new StoreKey("generations/0123456789abcdef/generation.json");
    store.putOnce(note, Blob.of(new byte[] {'{', '}'}));
    now = now.plus(Duration.ofHours(23));
    refused("publish-under-way");

    now = now.plus(Duration.ofHours(1));
    PruneReport report = shop.pruner(store).prune(new PrunePolicy(4, Duration.ZERO));
    assertThat(report.announced().generations())
        .containsExactly(new GenerationId("0123456789abcdef"));
    now = now.plus(Duration.ofDays(1));
    shop.pruner(store).prune(new PrunePolicy(4, Duration.ZERO));
    assertThat(isThere(note)).isFalse();
  }

  @Test
  void whatADeadPublisherLeftWithoutASignatureGoesToo() throws IOException {
    fiveVersions(store);
    StoreKey database = new StoreKey("generations/0123456789abcdef/t.db");
    store.putOnce(database, Blob.of(new byte[] {1, 2, 3}));
    refused("publish-under-way");
    now = now.plus(Duration.ofDays(1));
    twice(new PrunePolicy(4, Duration.ZERO));
    assertThat(isThere(database)).isFalse();
  }

  @Test
  void anythingThatDoesNotVerifyStopsThePrune() throws IOException {
    fiveVersions(store);
    StoreKey signature = new StoreKey("generations/" + made.get(0) + "/t.db.sig");
    store.delete(signature);
    now = now.plus(Duration.ofDays(2));
    refused("generation-unsigned");
    store.putOnce(signature, Blob.of(new byte[] {1}));
    refused("signature-other-bytes");
  }

  @Test
  void alteredGenerationsAndUnknownFoldersStopThePrune() throws IOException {
    fiveVersions(store);
    StoreKey stranger = new StoreKey("generations/backup/t.db");
    store.putOnce(stranger, Blob.of(new byte[] {1}));
    refused("generation-unknown");
    store.delete(stranger);
    StoreKey database = new StoreKey("generations/" + made.get(1) + "/t.db");
    store.swap(database, store.stat(database).orElseThrow().tag(), Blob.of(new byte[] {1}));
    refused("generation-altered");
  }

  @Test
  void aDirectoryThatTwoRepositoriesShareIsLeftAlone() throws IOException {
    fiveVersions(store);
    StoreKey other = new StoreKey("other.db");
    store.putOnce(other, Blob.of(new byte[] {1}));
    refused("repository-shared");
    store.delete(other);
    StoreKey folder = new StoreKey("generations/0123456789abcdef/other.db");
    store.putOnce(folder, Blob.of(new byte[] {1}));
    now = now.plus(Duration.ofDays(9));
    refused("repository-shared");
  }

  @Test
  void anUnfinishedCommitIsRepairedFirst() throws IOException {
    shop.layout(Layout.PLAIN);
    fiveVersions(store);
    store.delete(new StoreKey("t.db.sig"));
    refused("commit-unfinished");
    shop.repairer(store).repair();
    assertThat(shop.pruner(store).plan(PrunePolicy.DEFAULT).live()).contains(made.get(4));
  }

  @Test
  void aCommitThatEndsWhileThePruneWaitsForTheLockIsNoneThatIsUnfinished() throws IOException {
    shop.layout(Layout.PLAIN);
    fiveVersions(store);
    store.delete(new StoreKey("t.db.sig"));
    Store waiting =
        new Watched(
            store.another(),
            call -> {
              if (call.verb() == Verb.LOCK) {
                repair();
              }
            });
    assertThat(shop.pruner(waiting).prune(PrunePolicy.DEFAULT).live()).contains(made.get(4));
  }

  private void repair() {
    try {
      shop.repairer(store.another()).repair();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A machine that was suspended on the way: what the publish saw may be deleted by now. */
  @Test
  void aPublishThatTookLongerThanTheDelayLooksAgain() throws IOException {
    fiveVersions(store);
    shop.pause = new LongPause();
    List<Event> events = new ArrayList<>();
    shop.events = events::add;
    AtomicInteger suspended = new AtomicInteger();
    Store slow =
        new Watched(
            store,
            call -> {
              if (call.verb() == Verb.PUT_ONCE && suspended.getAndIncrement() == 0) {
                now = now.plus(PrunePolicy.DEFAULT.delay()).plusSeconds(1);
              }
            });
    Receipt receipt = shop.add(slow, shop.sample("b", "1-1"));
    assertThat(events).filteredOn(e -> e instanceof Event.Superseded).hasSize(1);
    assertThat(receipt.outcome()).isEqualTo(Receipt.Outcome.PUBLISHED);
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "5-1", "b", "1-1"));
    assertThat(shop.history(store).chain(10)).hasSize(6);
  }

  private final class LongPause implements Pause {
    @Override
    public void sleep(Duration duration) {}

    @Override
    public Instant now() {
      return now;
    }
  }

  @Test
  void nothingPublishedIsNothingToPrune() throws IOException {
    PruneReport report = shop.pruner(store).prune(PrunePolicy.DEFAULT);
    assertThat(report.outcome()).isEqualTo(PruneReport.Outcome.NOTHING);
    assertThat(report.live()).isEmpty();
    assertThat(store.contents()).isEmpty();
  }

  @Test
  void aDryRunWritesNothing() throws IOException {
    fiveVersions(store);
    Map<StoreKey, String> before = store.contents();
    PruneReport plan = shop.pruner(store).plan(new PrunePolicy(0, Duration.ZERO));
    assertThat(plan.outcome()).isEqualTo(PruneReport.Outcome.ANNOUNCED);
    assertThat(store.contents()).isEqualTo(before);
    PruneReport announced = shop.pruner(store).prune(new PrunePolicy(0, Duration.ZERO));
    assertThat(announced).isEqualTo(plan);
    now = now.plus(Duration.ofDays(1));
    before = store.contents();
    PruneReport second = shop.pruner(store).plan(new PrunePolicy(0, Duration.ZERO));
    assertThat(second.outcome()).isEqualTo(PruneReport.Outcome.DELETED);
    assertThat(second.deleted()).isEqualTo(announced.announced());
    assertThat(store.contents()).isEqualTo(before);
    assertThat(shop.pruner(store).prune(new PrunePolicy(0, Duration.ZERO))).isEqualTo(second);
  }

  @Test
  void theGenerationOfALostRaceIsKeptForItsOwnGrace() throws IOException {
    fiveVersions(store);
    shop.memory.clear();
    MemoryStore lost = copyOfChainAside();
    GenerationId orphan = shop.add(lost, shop.sample("b", "1-1")).generation().orElseThrow();
    for (Map.Entry<StoreKey, String> entry : lost.contents().entrySet()) {
      String key = entry.getKey().value();
      if (key.startsWith("generations/" + orphan) || key.startsWith("b-")) {
        copy(lost, entry.getKey());
      }
    }
    shop.memory.clear();
    Instant written = now;
    assertThat(shop.pruner(store).plan(new PrunePolicy(9, Duration.ofDays(30))).kept())
        .isEqualTo(6);
    now = written.plus(Duration.ofDays(30));
    PruneReport report = twice(new PrunePolicy(9, Duration.ofDays(30)));
    assertThat(report.deleted().generations()).containsExactly(orphan);
    assertThat(report.deleted().packages()).containsExactly(new StoreKey("b-1-1-any.pkg.tar.zst"));
  }

  private MemoryStore copyOfChainAside() throws IOException {
    MemoryStore aside =
        new MemoryStore(new StoreTraits(true, true, false, 2), () -> now, ChronoUnit.NANOS);
    shop.mirror(store, aside, Layout.POINTER, 9).mirror();
    return aside;
  }

  private void copy(Store from, StoreKey key) throws IOException {
    try (Store.Opened opened = from.open(key)) {
      store.putOnce(key, Blob.of(opened.stream().readAllBytes()));
    }
  }

  @Test
  void aPublishBetweenThePhasesKeepsThePackageThatItReuses() throws IOException {
    fiveVersions(store);
    PruneReport first = shop.pruner(store).prune(new PrunePolicy(0, Duration.ZERO));
    assertThat(first.announced().packages()).contains(version(2));

    Change back =
        new Change(
            List.of(shop.sample("a", "2-1")), Set.of(), new Change.Options(false, false, true));
    shop.publisher(store).publish(back, Publisher.Approval.ANY);
    now = now.plus(Duration.ofDays(1));
    PruneReport second = shop.pruner(store).prune(new PrunePolicy(0, Duration.ZERO));

    assertThat(second.deleted().packages()).contains(version(1)).doesNotContain(version(2));
    assertThat(isThere(version(2))).isTrue();
    assertThat(isThere(Names.signature(version(2)))).isTrue();
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "2-1"));
  }

  /**
   * The prune has looked before the publisher's generation is up, and deletes after the publisher
   * has written it: the publisher looks again under the lock, and starts over.
   */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void aPublishThatRacesTheDeletionWritesThePackageAgain(Layout layout) throws Exception {
    shop.layout(layout);
    fiveVersions(store);
    PrunePolicy nothing = new PrunePolicy(0, Duration.ZERO);
    shop.pruner(store).prune(nothing);
    now = now.plus(Duration.ofDays(1));
    CountDownLatch planned = new CountDownLatch(1);
    CountDownLatch looked = new CountDownLatch(1);
    CountDownLatch locking = new CountDownLatch(1);
    Store publishers =
        new Watched(
            store.another(),
            call -> {
              if (call.verb() == Verb.PUT_ONCE) {
                planned.countDown();
                await(looked);
              } else if (call.verb() == Verb.LOCK && planned.getCount() == 0) {
                locking.countDown();
              }
            });
    Store pruners =
        new Watched(
            store.another(),
            call -> {
              if (call.verb() == Verb.DELETE && call.key().equals(Optional.of(version(2)))) {
                looked.countDown();
                await(locking);
              }
            });
    Change back =
        new Change(
            List.of(shop.sample("a", "2-1")), Set.of(), new Change.Options(false, false, true));
    List<Event> events = Collections.synchronizedList(new ArrayList<>());
    shop.events = events::add;
    CompletableFuture<Receipt> publish =
        CompletableFuture.supplyAsync(() -> publish(publishers, back));
    await(planned);
    try {
      assertThatThrownBy(() -> shop.pruner(pruners).prune(nothing))
          .hasMessageContaining("came while this prune was at work");
    } finally {
      looked.countDown();
    }
    assertThat(publish.get(30, TimeUnit.SECONDS).outcome()).isEqualTo(Receipt.Outcome.PUBLISHED);
    assertThat(events).hasAtLeastOneElementOfType(Event.Superseded.class);
    assertThat(isThere(version(2))).isTrue();
    assertThat(isThere(Names.signature(version(2)))).isTrue();
    assertThat(isThere(version(1))).isFalse();
    assertThat(shop.published(store)).isEqualTo(Map.of("a", "2-1"));
  }

  private Receipt publish(Store into, Change change) {
    try {
      return shop.publisher(into).publish(change, Publisher.Approval.ANY);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Without a lock, a prune that sees a generation come deletes nothing more. */
  @Test
  void withoutALockANewGenerationStopsTheDeletion() throws IOException {
    shop.layout(Layout.PLAIN);
    MemoryStore bucket =
        new MemoryStore(new StoreTraits(false, false, true, 2), () -> now, ChronoUnit.NANOS);
    fiveVersions(bucket);
    PrunePolicy nothing = new PrunePolicy(0, Duration.ZERO);
    shop.pruner(bucket).prune(nothing);
    now = now.plus(Duration.ofDays(1));
    Change back =
        new Change(
            List.of(shop.sample("a", "2-1")), Set.of(), new Change.Options(false, false, true));
    AtomicInteger looks = new AtomicInteger();
    Store racing =
        new Watched(
            bucket.another(),
            call -> {
              if (call.verb() == Verb.FOLDERS && looks.incrementAndGet() == 2) {
                publish(bucket.another(), back);
              }
            });
    assertThatThrownBy(() -> shop.pruner(racing).prune(nothing))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CONFLICT))
        .hasMessageContaining("came while this prune was at work");
    assertThat(bucket.stat(version(2))).isPresent();
    assertThat(shop.published(bucket)).isEqualTo(Map.of("a", "2-1"));
    shop.pruner(bucket).prune(nothing);
    assertThat(bucket.stat(version(1))).isEmpty();
    assertThat(bucket.stat(version(2))).isPresent();
  }

  /** A store whose every call is watched before it is made. */
  private static final class Watched extends InterceptingStore {
    private final Consumer<StoreCall> watcher;

    Watched(Store inner, Consumer<StoreCall> watcher) {
      super(inner);
      this.watcher = watcher;
    }

    @Override
    protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
      watcher.accept(call);
      return action.run();
    }
  }
}
