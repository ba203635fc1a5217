package org.qrepo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.LockedException;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;
import org.qrepo.publish.StoredObject;
import org.qrepo.publish.Tag;

/**
 * What every store does. Each store and each decorator extends it; what one cannot do is either
 * said by its traits, and then skipped with that reason, or overridden with a reason to be
 * disabled.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class StoreContract {
  private static final Optional<StoreKey> TOP = Optional.empty();
  private static final int THREADS = 8;

  private final List<Store> opened = new ArrayList<>();
  private Store store = MemoryStore.plain();

  /** A store on a place where nothing is yet. */
  protected abstract Store create() throws IOException;

  /** Another publisher's store on the place of the last {@link #create}. */
  protected abstract Store another() throws IOException;

  /** The size of what counts as big. */
  protected long big() {
    return 100_000_000;
  }

  /** How many objects a big folder holds: more than a server lists in one answer. */
  protected int many() {
    return 1100;
  }

  /** How many times quick successions are tried. */
  protected int rounds() {
    return 100;
  }

  /** Whether names with a dot in front are listed. */
  protected boolean listsHidden() {
    return true;
  }

  @BeforeEach
  void createStore() throws IOException {
    store = create();
    opened.add(store);
  }

  @AfterEach
  void closeStores() throws IOException {
    for (Store each : opened) {
      each.close();
    }
  }

  // Nothing there

  @Test
  protected void absentNameHasNoState() throws IOException {
    assertThat(store.stat(key("q.db"))).isEmpty();
    assertThat(store.stat(key("generations/1/q.db"))).isEmpty();
  }

  @Test
  protected void absentNameCannotBeOpened() {
    assertKind(Kind.ABSENT, () -> store.open(key("q.db")));
    assertKind(Kind.ABSENT, () -> store.open(key("generations/1/q.db")));
  }

  @Test
  protected void emptyPlaceListsNothing() throws IOException {
    assertThat(list(store, TOP)).isEmpty();
    assertThat(folders(store, TOP)).isEmpty();
  }

  @Test
  protected void absentFolderListsNothing() throws IOException {
    put("a/b", "x");
    assertThat(list(store, Optional.of(key("c")))).isEmpty();
    assertThat(folders(store, Optional.of(key("a/c")))).isEmpty();
  }

  @Test
  protected void deletingWhatIsAbsentIsNoError() throws IOException {
    store.delete(key("q.db"));
    store.delete(key("generations/1/q.db"));
    assertThat(folders(store, TOP)).isEmpty();
  }

  @Test
  protected void nothingIsBelowAnObject() throws IOException {
    put("q.db", "x");
    assertThat(store.stat(key("q.db/y"))).isEmpty();
    assertThat(store.stat(key("q.db/y/z"))).isEmpty();
    assertKind(Kind.ABSENT, () -> store.open(key("q.db/y")));
    assertThat(list(store, Optional.of(key("q.db")))).isEmpty();
    store.delete(key("q.db/y"));
    assertThat(text("q.db")).isEqualTo("x");
  }

  @Test
  protected void folderIsNoObject() throws IOException {
    put("generations/1/q.db", "x");
    assertThat(store.stat(key("generations"))).isEmpty();
    assertThat(store.stat(key("generations/1"))).isEmpty();
    assertKind(Kind.ABSENT, () -> store.open(key("generations")));
  }

  // Write once

  @Test
  protected void writtenOnceCanBeRead() throws IOException {
    put("a.pkg.tar.zst", "package");
    assertThat(text("a.pkg.tar.zst")).isEqualTo("package");
    assertThat(store.stat(key("a.pkg.tar.zst")).orElseThrow().size()).isEqualTo(7);
  }

  @Test
  protected void descriptionNamesWhatWasAskedFor() throws IOException {
    put("g/a", "x");
    assertThat(store.stat(key("g/a")).orElseThrow().key()).isEqualTo(key("g/a"));
    try (Store.Opened open = store.open(key("g/a"))) {
      assertThat(open.object().key()).isEqualTo(key("g/a"));
    }
  }

  @Test
  protected void openAndStatDescribeTheSame() throws IOException {
    put("a", "x");
    StoredObject stat = store.stat(key("a")).orElseThrow();
    try (Store.Opened open = store.open(key("a"))) {
      assertThat(open.object()).isEqualTo(stat);
    }
  }

  @Test
  protected void anotherPublisherSeesIt() throws IOException {
    put("g/a", "x");
    Store other = rival();
    assertThat(other.stat(key("g/a"))).isEqualTo(store.stat(key("g/a")));
    assertThat(list(other, Optional.of(key("g")))).containsExactly(key("g/a"));
  }

  @Test
  protected void sameBytesAgainChangeNothing() throws IOException {
    put("a", "x");
    StoredObject before = store.stat(key("a")).orElseThrow();
    put("a", "x");
    rival().putOnce(key("a"), Blobs.text("x"));
    assertThat(store.stat(key("a"))).contains(before);
  }

  @Test
  protected void sameBytesAgainAreNotSent() throws IOException {
    put("a", "x");
    AtomicLong opened = new AtomicLong();
    store.putOnce(key("a"), Blobs.counted(Blobs.text("x"), opened));
    assertThat(opened).hasValue(0);
  }

  @Test
  protected void otherBytesOfSameSizeConflict() throws IOException {
    put("a", "x");
    StoredObject before = store.stat(key("a")).orElseThrow();
    assertKind(Kind.CONFLICT, () -> put("a", "y"));
    assertThat(store.stat(key("a"))).contains(before);
    assertThat(text("a")).isEqualTo("x");
  }

  @Test
  protected void otherBytesOfOtherSizeConflict() throws IOException {
    put("a", "x");
    assertKind(Kind.CONFLICT, () -> put("a", ""));
    assertKind(Kind.CONFLICT, () -> put("a", "xx"));
    assertThat(text("a")).isEqualTo("x");
  }

  @Test
  protected void emptyObjectIsAnObject() throws IOException {
    put("empty", "");
    assertThat(store.stat(key("empty")).orElseThrow().size()).isZero();
    assertThat(text("empty")).isEmpty();
    put("empty", "");
    assertKind(Kind.CONFLICT, () -> put("empty", "x"));
  }

  @Test
  protected void foldersAreMadeAsNeeded() throws IOException {
    put("a/b/c/d/e", "x");
    assertThat(text("a/b/c/d/e")).isEqualTo("x");
    assertThat(folders(store, TOP)).containsExactly(key("a"));
    assertThat(folders(store, Optional.of(key("a/b/c")))).containsExactly(key("a/b/c/d"));
  }

  @Test
  protected void wrongDigestLeavesNothing() throws IOException {
    StoreException e = refused(() -> store.putOnce(key("g/a"), Blobs.changed("one", "two")));
    assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
    assertThat(e).hasMessageContaining("g/a");
    assertUntouched();
  }

  @Test
  protected void tooFewBytesLeaveNothing() throws IOException {
    assertKind(Kind.PERMANENT, () -> store.putOnce(key("g/a"), Blobs.changed("longer", "short")));
    assertUntouched();
  }

  @Test
  protected void tooManyBytesLeaveNothing() throws IOException {
    assertKind(Kind.PERMANENT, () -> store.putOnce(key("g/a"), Blobs.changed("short", "shorter")));
    assertUntouched();
  }

  @Test
  protected void endlessSourceIsNotReadToItsEnd() throws IOException {
    AtomicLong read = new AtomicLong();
    assertKind(Kind.PERMANENT, () -> store.putOnce(key("g/a"), Blobs.endless(read)));
    assertThat(read.get()).isLessThan(10_000_000);
    assertUntouched();
  }

  @Test
  protected void sourceThatBreaksLeavesNothing() throws IOException {
    Blob blob = Blobs.random(300_000, 1);
    StoreException e = refused(() -> store.putOnce(key("g/a"), Blobs.breaking(blob, 200_000)));
    assertThat(e).hasMessageContaining("the disk of the source broke");
    assertUntouched();
    store.putOnce(key("g/a"), blob);
    assertThat(digest("g/a")).isEqualTo(blob.sha256());
  }

  @Test
  protected void sourceThatCannotBeOpenedLeavesNothing() throws IOException {
    Blob promise = Blobs.text("x");
    Blob blob =
        new Blob.Measured(
            1,
            promise.sha256(),
            () -> {
              throw new IOException("the source is gone");
            });
    StoreException e = refused(() -> store.putOnce(key("g/a"), blob));
    assertThat(e).hasMessageContaining("the source is gone");
    assertThat(e.kind()).isNotEqualTo(Kind.ABSENT);
    assertUntouched();
  }

  @Test
  protected void bigObjectGoesThrough() throws IOException {
    Blob blob = Blobs.generated(big(), 7);
    store.putOnce(key("big"), blob);
    assertThat(store.stat(key("big")).orElseThrow().size()).isEqualTo(big());
    assertThat(digest("big")).isEqualTo(blob.sha256());
    store.delete(key("big"));
  }

  @Test
  protected void writingWhereAFolderIsConflicts() throws IOException {
    put("g/a", "x");
    assertKind(Kind.CONFLICT, () -> put("g", "y"));
    assertThat(text("g/a")).isEqualTo("x");
  }

  @Test
  protected void writingBelowAnObjectConflicts() throws IOException {
    put("g", "x");
    assertKind(Kind.CONFLICT, () -> put("g/a", "y"));
    assertKind(Kind.CONFLICT, () -> put("g/a/b", "y"));
    assertThat(text("g")).isEqualTo("x");
  }

  @Test
  protected void deletedNameIsFreeForOtherBytes() throws IOException {
    put("a", "x");
    store.delete(key("a"));
    put("a", "y");
    assertThat(text("a")).isEqualTo("y");
  }

  @Test
  protected void sameBytesByManyThreadsAreOneObject() throws Exception {
    Blob blob = Blobs.random(500_000, 2);
    together(THREADS, i -> publisher(i).putOnce(key("g/a"), blob));
    assertThat(digest("g/a")).isEqualTo(blob.sha256());
    assertThat(list(store, Optional.of(key("g")))).containsExactly(key("g/a"));
  }

  @Test
  protected void otherBytesByManyThreadsHaveOneWinner() throws Exception {
    List<Integer> won = new ArrayList<>();
    together(
        THREADS,
        i -> {
          try {
            publisher(i).putOnce(key("g/a"), Blobs.random(200_000, i));
            synchronized (won) {
              won.add(i);
            }
          } catch (StoreException e) {
            assertThat(e.kind()).isEqualTo(Kind.CONFLICT);
          }
        });
    assertThat(won).hasSize(1);
    assertThat(digest("g/a")).isEqualTo(Blobs.random(200_000, won.get(0)).sha256());
  }

  @Test
  protected void manyThreadsFillANewFolder() throws Exception {
    together(
        THREADS,
        i -> {
          for (int n = 0; n < 10; n++) {
            put("g/" + i + "/" + n, "x" + n);
          }
        });
    assertThat(folders(store, Optional.of(key("g")))).hasSize(THREADS);
    assertThat(list(store, Optional.of(key("g/3")))).hasSize(10);
  }

  @Test
  protected void readerNeverSeesPartOfANewObject() throws Exception {
    needLists();
    AtomicBoolean done = new AtomicBoolean();
    Callable<Void> writer =
        () -> {
          try {
            for (int i = 0; i < 10; i++) {
              store.putOnce(key("n" + i), Blobs.random(1_000_000, i));
            }
          } finally {
            done.set(true);
          }
          return null;
        };
    Callable<Void> reader =
        () -> {
          Store other = rival();
          while (!done.get()) {
            for (int i = 0; i < 10; i++) {
              StoreKey key = key("n" + i);
              other.stat(key).ifPresent(o -> assertThat(o.size()).isEqualTo(1_000_000));
              if (list(other, TOP).contains(key)) {
                assertThat(digest(other, key)).isEqualTo(Blobs.random(1_000_000, i).sha256());
              }
            }
          }
          return null;
        };
    together(List.of(writer, reader));
  }

  // Swap

  @Test
  protected void swapOfNothingCreates() throws IOException {
    Tag tag = store.swap(key("q.db"), Tag.ABSENT, Blobs.text("1"));
    assertThat(text("q.db")).isEqualTo("1");
    assertThat(tag).isNotEqualTo(Tag.ABSENT);
    assertThat(store.stat(key("q.db")).orElseThrow().tag()).isEqualTo(tag);
  }

  @Test
  protected void swapInANewFolder() throws IOException {
    store.swap(key("g/1/q.db"), Tag.ABSENT, Blobs.text("1"));
    assertThat(text("g/1/q.db")).isEqualTo("1");
  }

  @Test
  protected void swapOfNothingConflictsWithAnObject() throws IOException {
    put("q.db", "1");
    assertKind(Kind.CONFLICT, () -> store.swap(key("q.db"), Tag.ABSENT, Blobs.text("2")));
    assertThat(text("q.db")).isEqualTo("1");
  }

  @Test
  protected void swapAgainstTheRightTagReplaces() throws IOException {
    put("q.db", "1");
    Tag seen = store.stat(key("q.db")).orElseThrow().tag();
    Tag tag = store.swap(key("q.db"), seen, Blobs.text("22"));
    assertThat(text("q.db")).isEqualTo("22");
    assertThat(store.stat(key("q.db")).orElseThrow().tag()).isEqualTo(tag);
  }

  @Test
  protected void swapAgainstTheTagOfOpen() throws IOException {
    put("q.db", "1");
    Tag seen;
    try (Store.Opened open = store.open(key("q.db"))) {
      seen = open.object().tag();
    }
    store.swap(key("q.db"), seen, Blobs.text("2"));
    assertThat(text("q.db")).isEqualTo("2");
  }

  @Test
  protected void swapAgainstAnOldTagConflicts() throws IOException {
    Tag first = store.swap(key("q.db"), Tag.ABSENT, Blobs.text("1"));
    Tag second = store.swap(key("q.db"), first, Blobs.text("2"));
    assertKind(Kind.CONFLICT, () -> store.swap(key("q.db"), first, Blobs.text("3")));
    assertThat(text("q.db")).isEqualTo("2");
    assertThat(store.stat(key("q.db")).orElseThrow().tag()).isEqualTo(second);
  }

  @Test
  protected void swapAgainstAStrangeTagConflicts() throws IOException {
    put("q.db", "1");
    assertKind(Kind.CONFLICT, () -> store.swap(key("q.db"), new Tag("strange"), Blobs.text("2")));
    assertThat(text("q.db")).isEqualTo("1");
  }

  @Test
  protected void swapOfWhatWasDeletedConflicts() throws IOException {
    Tag tag = store.swap(key("g/q.db"), Tag.ABSENT, Blobs.text("1"));
    store.delete(key("g/q.db"));
    assertKind(Kind.CONFLICT, () -> store.swap(key("g/q.db"), tag, Blobs.text("2")));
    assertUntouched();
  }

  @Test
  protected void swapByAnotherPublisherIsSeen() throws IOException {
    Tag tag = store.swap(key("q.db"), Tag.ABSENT, Blobs.text("1"));
    Store other = rival();
    Tag theirs = other.swap(key("q.db"), tag, Blobs.text("2"));
    assertKind(Kind.CONFLICT, () -> store.swap(key("q.db"), tag, Blobs.text("3")));
    store.swap(key("q.db"), theirs, Blobs.text("3"));
    assertThat(text("q.db")).isEqualTo("3");
  }

  @Test
  protected void tagsDifferHoweverFastStatesFollow() throws IOException {
    Set<Tag> tags = new HashSet<>();
    Tag tag = Tag.ABSENT;
    for (int i = 0; i < rounds(); i++) {
      tag = store.swap(key("q.db"), tag, Blobs.text(String.format("%04d", i)));
      tags.add(tag);
    }
    assertThat(tags).hasSize(rounds());
  }

  @Test
  protected void tagsDifferAcrossDeletion() throws IOException {
    Set<Tag> tags = new HashSet<>();
    for (int i = 0; i < rounds(); i++) {
      tags.add(store.swap(key("q.db"), Tag.ABSENT, Blobs.text(String.format("%04d", i))));
      store.delete(key("q.db"));
    }
    assertThat(tags).hasSize(rounds());
  }

  @Test
  protected void tagStaysWhileNothingChanges() throws IOException {
    Tag tag = store.swap(key("q.db"), Tag.ABSENT, Blobs.text("1"));
    for (int i = 0; i < 20; i++) {
      assertThat(store.stat(key("q.db")).orElseThrow().tag()).isEqualTo(tag);
      put("other" + i, "x");
    }
  }

  @Test
  protected void swapWithWrongDigestChangesNothing() throws IOException {
    Tag tag = store.swap(key("q.db"), Tag.ABSENT, Blobs.text("1"));
    assertKind(
        Kind.PERMANENT, () -> store.swap(key("q.db"), tag, Blobs.changed("promised", "given..!")));
    assertThat(text("q.db")).isEqualTo("1");
    assertThat(store.stat(key("q.db")).orElseThrow().tag()).isEqualTo(tag);
    assertThat(list(store, TOP)).containsExactly(key("q.db"));
  }

  @Test
  protected void swapWhoseSourceBreaksChangesNothing() throws IOException {
    Tag tag = store.swap(key("q.db"), Tag.ABSENT, Blobs.text("1"));
    Blob broken = Blobs.breaking(Blobs.random(100_000, 1), 70_000);
    refused(() -> store.swap(key("q.db"), tag, broken));
    assertThat(text("q.db")).isEqualTo("1");
    assertThat(store.stat(key("q.db")).orElseThrow().tag()).isEqualTo(tag);
  }

  @Test
  protected void swapToAnEmptyObject() throws IOException {
    Tag tag = store.swap(key("q.db"), Tag.ABSENT, Blobs.text("1"));
    Tag empty = store.swap(key("q.db"), tag, Blobs.text(""));
    assertThat(empty).isNotEqualTo(Tag.ABSENT);
    assertThat(store.stat(key("q.db")).orElseThrow().size()).isZero();
  }

  // Swap by a copy

  @Test
  protected void copyReplaces() throws IOException {
    put("g/1/q.db", "new");
    Tag tag = store.swap(key("q.db"), Tag.ABSENT, Blobs.text("old"));
    Tag copied = store.swapCopy(key("q.db"), tag, key("g/1/q.db"), Blobs.text("new"));
    assertThat(text("q.db")).isEqualTo("new");
    assertThat(copied).isNotEqualTo(tag);
    assertThat(store.stat(key("q.db")).orElseThrow().tag()).isEqualTo(copied);
    assertThat(text("g/1/q.db")).isEqualTo("new");
  }

  @Test
  protected void copyOfNothingCreates() throws IOException {
    put("g/1/q.db", "new");
    Tag copied = store.swapCopy(key("q.db"), Tag.ABSENT, key("g/1/q.db"), Blobs.text("new"));
    assertThat(text("q.db")).isEqualTo("new");
    assertThat(store.stat(key("q.db")).orElseThrow().tag()).isEqualTo(copied);
  }

  @Test
  protected void copyOfWhatIsNotThereWritesTheBytes() throws IOException {
    Tag tag = store.swap(key("q.db"), Tag.ABSENT, Blobs.text("old"));
    store.swapCopy(key("q.db"), tag, key("g/1/q.db"), Blobs.text("new"));
    assertThat(text("q.db")).isEqualTo("new");
  }

  @Test
  protected void copyOfOtherBytesWritesThoseThatWereMeant() throws IOException {
    put("g/1/q.db", "bad");
    Tag tag = store.swap(key("q.db"), Tag.ABSENT, Blobs.text("old"));
    store.swapCopy(key("q.db"), tag, key("g/1/q.db"), Blobs.text("new"));
    assertThat(text("q.db")).isEqualTo("new");
  }

  @Test
  protected void copyAgainstAnOldTagConflicts() throws IOException {
    put("g/1/q.db", "new");
    Tag first = store.swap(key("q.db"), Tag.ABSENT, Blobs.text("1"));
    Tag second = store.swap(key("q.db"), first, Blobs.text("2"));
    assertKind(
        Kind.CONFLICT,
        () -> store.swapCopy(key("q.db"), first, key("g/1/q.db"), Blobs.text("new")));
    assertThat(text("q.db")).isEqualTo("2");
    assertThat(store.stat(key("q.db")).orElseThrow().tag()).isEqualTo(second);
  }

  @Test
  protected void copyOfNothingConflictsWithAnObject() throws IOException {
    put("g/1/q.db", "new");
    put("q.db", "1");
    assertKind(
        Kind.CONFLICT,
        () -> store.swapCopy(key("q.db"), Tag.ABSENT, key("g/1/q.db"), Blobs.text("new")));
    assertThat(text("q.db")).isEqualTo("1");
  }

  @Test
  protected void copyOverWhatWasDeletedConflicts() throws IOException {
    put("g/1/q.db", "new");
    Tag tag = store.swap(key("q.db"), Tag.ABSENT, Blobs.text("1"));
    store.delete(key("q.db"));
    assertKind(
        Kind.CONFLICT, () -> store.swapCopy(key("q.db"), tag, key("g/1/q.db"), Blobs.text("new")));
    assertThat(store.stat(key("q.db"))).isEmpty();
  }

  @Test
  protected void copiesOfOneStateHaveOneWinner() throws Exception {
    assumeTrue(store.traits().conditional(), "limitation: the store has no conditional writes");
    Tag tag = store.swap(key("q.db"), Tag.ABSENT, Blobs.text("0"));
    for (int i = 0; i < THREADS; i++) {
      put("g/" + i, "by " + i);
    }
    List<Integer> won = new ArrayList<>();
    together(
        THREADS,
        i -> {
          try {
            publisher(i).swapCopy(key("q.db"), tag, key("g/" + i), Blobs.text("by " + i));
            synchronized (won) {
              won.add(i);
            }
          } catch (StoreException e) {
            assertThat(e.kind()).isEqualTo(Kind.CONFLICT);
          }
        });
    assertThat(won).hasSize(1);
    assertThat(text("q.db")).isEqualTo("by " + won.get(0));
  }

  @Test
  protected void swapWhereAFolderIsConflicts() throws IOException {
    put("g/a", "x");
    assertKind(Kind.CONFLICT, () -> store.swap(key("g"), Tag.ABSENT, Blobs.text("2")));
    assertThat(text("g/a")).isEqualTo("x");
    assertThat(list(store, TOP)).isEmpty();
  }

  @Test
  protected void readerSeesOneStateOrTheOther() throws Exception {
    Tag first = store.swap(key("q.db"), Tag.ABSENT, Blobs.random(300_000, 0));
    Set<Sha256> states = new HashSet<>();
    for (int i = 0; i <= 20; i++) {
      states.add(Blobs.random(300_000, i).sha256());
    }
    AtomicBoolean done = new AtomicBoolean();
    Callable<Void> writer =
        () -> {
          try {
            Tag tag = first;
            for (int i = 1; i <= 20; i++) {
              tag = store.swap(key("q.db"), tag, Blobs.random(300_000, i));
            }
          } finally {
            done.set(true);
          }
          return null;
        };
    Callable<Void> reader =
        () -> {
          Store other = rival();
          while (!done.get()) {
            assertThat(states).contains(digest(other, key("q.db")));
            assertThat(other.stat(key("q.db"))).isPresent();
          }
          return null;
        };
    together(List.of(writer, reader, reader));
  }

  @Test
  protected void streamGoesOnWithTheStateItWasOpenedOn() throws IOException {
    Blob old = Blobs.random(1_000_000, 1);
    Tag tag = store.swap(key("q.db"), Tag.ABSENT, old);
    try (Store.Opened open = store.open(key("q.db"))) {
      byte[] begin = open.stream().readNBytes(1000);
      store.swap(key("q.db"), tag, Blobs.random(1_000_000, 2));
      Digests digests = new Digests();
      digests.update(begin, 0, begin.length);
      byte[] rest = open.stream().readAllBytes();
      digests.update(rest, 0, rest.length);
      assertThat(digests.sha256()).isEqualTo(old.sha256());
    }
  }

  @Test
  protected void ofManySwapsAgainstOneTagOneWins() throws Exception {
    assumeTrue(store.traits().conditional(), "limitation: the store has no conditional writes");
    Tag tag = store.swap(key("q.db"), Tag.ABSENT, Blobs.text("0"));
    List<Integer> won = new ArrayList<>();
    together(
        THREADS,
        i -> {
          try {
            publisher(i).swap(key("q.db"), tag, Blobs.text("by " + i));
            synchronized (won) {
              won.add(i);
            }
          } catch (StoreException e) {
            assertThat(e.kind()).isEqualTo(Kind.CONFLICT);
          }
        });
    assertThat(won).hasSize(1);
    assertThat(text("q.db")).isEqualTo("by " + won.get(0));
  }

  @Test
  protected void ofManySwapsOfNothingOneWins() throws Exception {
    assumeTrue(store.traits().conditional(), "limitation: the store has no conditional writes");
    AtomicLong won = new AtomicLong();
    together(
        THREADS,
        i -> {
          try {
            publisher(i).swap(key("q.db"), Tag.ABSENT, Blobs.text("by " + i));
            won.incrementAndGet();
          } catch (StoreException e) {
            assertThat(e.kind()).isEqualTo(Kind.CONFLICT);
          }
        });
    assertThat(won).hasValue(1);
  }

  @Test
  protected void swapsOfSeveralNamesGoSideBySide() throws Exception {
    together(
        THREADS,
        i -> {
          Tag tag = Tag.ABSENT;
          for (int n = 0; n < 5; n++) {
            tag = store.swap(key("n" + i), tag, Blobs.text(i + ":" + n));
          }
        });
    for (int i = 0; i < THREADS; i++) {
      assertThat(text("n" + i)).isEqualTo(i + ":4");
    }
  }

  // Lists

  @Test
  protected void listIsInOrder() throws IOException {
    for (String name : List.of("b", "a", "c10", "c2", "B", "a.sig")) {
      put(name, "x");
    }
    assertThat(list(store, TOP)).extracting(StoreKey::value).isSorted().hasSize(6);
  }

  @Test
  protected void listHasWhatIsDirectlyThere() throws IOException {
    put("a", "x");
    put("g/b", "x");
    put("g/h/c", "x");
    assertThat(list(store, TOP)).containsExactly(key("a"));
    assertThat(list(store, Optional.of(key("g")))).containsExactly(key("g/b"));
    assertThat(list(store, Optional.of(key("g/h")))).containsExactly(key("g/h/c"));
  }

  @Test
  protected void foldersHasWhatIsDirectlyThere() throws IOException {
    put("a", "x");
    put("z/b", "x");
    put("g/h/c", "x");
    put("g/b/c/d", "x");
    assertThat(folders(store, TOP)).containsExactly(key("g"), key("z"));
    assertThat(folders(store, Optional.of(key("g")))).containsExactly(key("g/b"), key("g/h"));
    assertThat(folders(store, Optional.of(key("z")))).isEmpty();
  }

  @Test
  protected void folderIsNotThePrefixOfItsName() throws IOException {
    put("gen/a", "x");
    put("generations/b", "x");
    put("gen.db", "x");
    assertThat(list(store, Optional.of(key("gen")))).containsExactly(key("gen/a"));
  }

  @Test
  protected void bigFolderIsListedWhole() throws Exception {
    together(
        4,
        i -> {
          for (int n = i; n < many(); n += 4) {
            put(String.format("g/%05d", n), "x");
          }
        });
    List<StoreKey> keys = list(store, Optional.of(key("g")));
    assertThat(keys).hasSize(many()).doesNotHaveDuplicates().isSorted();
  }

  @Test
  protected void listsCannotBeChanged() throws IOException {
    put("a", "x");
    List<StoreKey> keys = list(store, TOP);
    assertThatThrownBy(() -> keys.add(key("b"))).isInstanceOf(UnsupportedOperationException.class);
  }

  // Delete

  @Test
  protected void deletedObjectIsGone() throws IOException {
    put("a", "x");
    put("b", "x");
    store.delete(key("a"));
    assertThat(store.stat(key("a"))).isEmpty();
    assertKind(Kind.ABSENT, () -> store.open(key("a")));
    assertThat(list(store, TOP)).containsExactly(key("b"));
  }

  @Test
  protected void deletingTwiceIsNoError() throws IOException {
    put("g/a", "x");
    store.delete(key("g/a"));
    store.delete(key("g/a"));
    assertUntouched();
  }

  @Test
  protected void folderGoesWithItsLastObject() throws IOException {
    put("g/a", "x");
    put("g/b", "x");
    store.delete(key("g/a"));
    assertThat(folders(store, TOP)).containsExactly(key("g"));
    store.delete(key("g/b"));
    assertThat(folders(store, TOP)).isEmpty();
  }

  @Test
  protected void emptyFoldersAboveGoToo() throws IOException {
    put("a/b/c/d", "x");
    put("a/e", "x");
    store.delete(key("a/b/c/d"));
    assertThat(folders(store, Optional.of(key("a")))).isEmpty();
    assertThat(list(store, Optional.of(key("a")))).containsExactly(key("a/e"));
  }

  @Test
  protected void folderIsNotDeleted() throws IOException {
    put("g/a", "x");
    store.delete(key("g"));
    assertThat(text("g/a")).isEqualTo("x");
  }

  @Test
  protected void emptiedPlaceCanBeUsedAgain() throws IOException {
    put("g/a", "x");
    put("b", "x");
    store.delete(key("g/a"));
    store.delete(key("b"));
    assertUntouched();
    put("g/a", "y");
    assertThat(text("g/a")).isEqualTo("y");
  }

  @Test
  protected void foldersThatComeAndGoLoseNothing() throws Exception {
    together(
        THREADS,
        i -> {
          for (int n = 0; n < 20; n++) {
            put("g/" + i, "x");
            assertThat(text("g/" + i)).isEqualTo("x");
            store.delete(key("g/" + i));
          }
          put("g/" + i, "last");
        });
    assertThat(list(store, Optional.of(key("g")))).hasSize(THREADS);
  }

  // Names

  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo-1:2.3-1-any.pkg.tar.zst",
        "gtk+-1.2-1-any.pkg.tar.zst",
        "a%2Bb",
        "a%2fb",
        "a b",
        "a~b",
        "a@b",
        "a=b&c;d,e!f$g(h)",
        "a'b\"c",
        "a#b?c",
        "a*b[c]{d}<e>|f^g`h",
        "-rf",
        ".hidden",
        "..a",
        "a..",
        "a.",
        "grün",
        "日本語",
        "emoji-\uD83D\uDE00",
        "generations/1:2/q+.db"
      })
  protected void nameGoesThroughUnchanged(String name) throws IOException {
    assumeTrue(
        listsHidden() || !name.startsWith("."),
        "limitation: the server does not list names with a dot in front");
    put(name, "x");
    StoreKey key = key(name);
    assertThat(text(name)).isEqualTo("x");
    int slash = name.lastIndexOf('/');
    Optional<StoreKey> folder = slash < 0 ? TOP : Optional.of(key(name.substring(0, slash)));
    assertThat(list(store, folder)).containsExactly(key);
    Tag tag = store.stat(key).orElseThrow().tag();
    store.swap(key, tag, Blobs.text("y"));
    assertThat(text(name)).isEqualTo("y");
    store.delete(key);
    assertUntouched();
  }

  @Test
  protected void namesThatLookAlikeAreApart() throws IOException {
    List<String> names =
        List.of("a+b", "a b", "a%20b", "a%2Bb", "A+b", "e\u0301", "\u00e9", "1:2", "1%3A2");
    for (String name : names) {
      put(name, name);
    }
    for (String name : names) {
      assertThat(text(name)).isEqualTo(name);
    }
    assertThat(list(store, TOP)).hasSize(names.size());
  }

  @Test
  protected void longNamesGoThrough() throws IOException {
    String name = "l".repeat(200);
    put("g/" + name, "x");
    assertThat(text("g/" + name)).isEqualTo("x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/etc/passwd",
        "..",
        "../x",
        "a/../b",
        "a//b",
        "a/",
        ".",
        "a/./b",
        "a\\b",
        "a\u0000b",
        "a\nb",
        "a\u007fb"
      })
  protected void hostileNamesAreNoKeys(String name) {
    assertThatThrownBy(() -> key(name)).isInstanceOf(IllegalArgumentException.class);
  }

  // Times

  @Test
  protected void lastModifiedIsNow() throws IOException {
    Instant before = Instant.now().minusSeconds(3);
    put("a", "x");
    assertThat(modified("a")).isBetween(before, Instant.now().plusSeconds(3));
  }

  @Test
  protected void lastModifiedNeverGoesBack() throws IOException {
    Tag tag = store.swap(key("a"), Tag.ABSENT, Blobs.text("0"));
    for (int i = 1; i < 20; i++) {
      Instant before = modified("a");
      tag = store.swap(key("a"), tag, Blobs.text("" + i));
      assertThat(modified("a")).isAfterOrEqualTo(before);
    }
  }

  @Test
  protected void lastModifiedGrowsWithTheClock() throws Exception {
    Tag tag = store.swap(key("a"), Tag.ABSENT, Blobs.text("0"));
    Instant before = modified("a");
    Thread.sleep(1100);
    store.swap(key("a"), tag, Blobs.text("1"));
    assertThat(Duration.between(before, modified("a"))).isGreaterThanOrEqualTo(ofMillis(1000));
  }

  @Test
  protected void readingChangesNothing() throws IOException {
    put("g/a", "x");
    StoredObject before = store.stat(key("g/a")).orElseThrow();
    text("g/a");
    list(store, Optional.of(key("g")));
    assertThat(store.stat(key("g/a"))).contains(before);
  }

  // Links

  @Test
  protected void linkIsReadThrough() throws IOException {
    needLinks();
    put("generations/1/q.db", "x");
    link("q.db", "generations/1/q.db");
    assertThat(text("q.db")).isEqualTo("x");
    StoredObject through = store.stat(key("q.db")).orElseThrow();
    StoredObject direct = store.stat(key("generations/1/q.db")).orElseThrow();
    assertThat(through.tag()).isEqualTo(direct.tag());
    assertThat(through.size()).isEqualTo(1);
    assertThat(through.lastModified()).isEqualTo(direct.lastModified());
    assertThat(through.key()).isEqualTo(key("q.db"));
  }

  @Test
  protected void linkSaysWhereItPoints() throws IOException {
    needLinks();
    link("current", "generations/1");
    assertThat(store.readLink(key("current"))).contains("generations/1");
    put("a", "x");
    assertThat(store.readLink(key("a"))).isEmpty();
    assertThat(store.readLink(key("none"))).isEmpty();
    assertThat(store.readLink(key("g/none"))).isEmpty();
  }

  @Test
  protected void folderLinkIsFollowed() throws IOException {
    needLinks();
    put("generations/1/q.db", "x");
    link("current", "generations/1");
    assertThat(text("current/q.db")).isEqualTo("x");
    assertThat(list(store, Optional.of(key("current")))).containsExactly(key("current/q.db"));
    assertThat(store.stat(key("current"))).isEmpty();
  }

  @Test
  protected void folderLinkIsListedAsAName() throws IOException {
    needLinks();
    put("generations/1/q.db", "x");
    link("current", "generations/1");
    assertThat(list(store, TOP)).containsExactly(key("current"));
    assertThat(folders(store, TOP)).containsExactly(key("generations"));
  }

  @Test
  protected void chainOfLinksIsFollowed() throws IOException {
    needLinks();
    put("generations/1/q.db", "one");
    put("generations/2/q.db", "two");
    link("current", "generations/1");
    link("q.db", "current/q.db");
    link("q.db.tar.gz", "q.db");
    assertThat(text("q.db.tar.gz")).isEqualTo("one");
    store.swapLink(key("current"), Optional.of("generations/1"), "generations/2");
    assertThat(text("q.db.tar.gz")).isEqualTo("two");
  }

  @Test
  protected void linkThatLeadsNowhereIsAbsentButListed() throws IOException {
    needLinks();
    link("q.db", "current/q.db");
    assertThat(store.stat(key("q.db"))).isEmpty();
    assertKind(Kind.ABSENT, () -> store.open(key("q.db")));
    assertThat(list(store, TOP)).containsExactly(key("q.db"));
    assertThat(store.readLink(key("q.db"))).contains("current/q.db");
  }

  @Test
  protected void linksInACircleEndSomehow() throws IOException {
    needLinks();
    link("a", "b");
    link("b", "a");
    try {
      assertThat(store.stat(key("a"))).isEmpty();
    } catch (StoreException e) {
      assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
    }
    store.delete(key("a"));
    store.delete(key("b"));
    assertUntouched();
  }

  @Test
  protected void linkIsMadeOnlyFromTheExpectedState() throws IOException {
    needLinks();
    link("current", "generations/1");
    assertKind(
        Kind.CONFLICT,
        () -> store.swapLink(key("current"), Optional.of("generations/0"), "generations/2"));
    assertKind(
        Kind.CONFLICT, () -> store.swapLink(key("current"), Optional.empty(), "generations/2"));
    assertKind(
        Kind.CONFLICT,
        () -> store.swapLink(key("none"), Optional.of("generations/1"), "generations/2"));
    assertThat(store.readLink(key("current"))).contains("generations/1");
    assertThat(list(store, TOP)).containsExactly(key("current"));
  }

  @Test
  protected void linkToTheSameAgainIsNoError() throws IOException {
    needLinks();
    link("current", "generations/1");
    store.swapLink(key("current"), Optional.of("generations/1"), "generations/1");
    assertThat(store.readLink(key("current"))).contains("generations/1");
  }

  @Test
  protected void objectBecomesALinkAndAnObjectAgain() throws IOException {
    needLinks();
    put("q.db", "plain");
    put("generations/1/q.db", "generation");
    link("q.db", "generations/1/q.db");
    assertThat(text("q.db")).isEqualTo("generation");
    Tag tag = store.stat(key("q.db")).orElseThrow().tag();
    store.swap(key("q.db"), tag, Blobs.text("plain again"));
    assertThat(store.readLink(key("q.db"))).isEmpty();
    assertThat(text("q.db")).isEqualTo("plain again");
    assertThat(text("generations/1/q.db")).isEqualTo("generation");
  }

  @Test
  protected void swapReplacesALinkThatLeadsNowhere() throws IOException {
    needLinks();
    link("q.db", "generations/1/q.db");
    store.swap(key("q.db"), Tag.ABSENT, Blobs.text("x"));
    assertThat(store.readLink(key("q.db"))).isEmpty();
    assertThat(text("q.db")).isEqualTo("x");
    assertThat(folders(store, TOP)).isEmpty();
  }

  @Test
  protected void deletingALinkLeavesWhatItLedTo() throws IOException {
    needLinks();
    put("generations/1/q.db", "x");
    link("q.db", "generations/1/q.db");
    link("current", "generations/1");
    store.delete(key("q.db"));
    store.delete(key("current"));
    assertThat(list(store, TOP)).isEmpty();
    assertThat(text("generations/1/q.db")).isEqualTo("x");
  }

  @Test
  protected void linkInAFolderMayLeadUp() throws IOException {
    needLinks();
    put("a.pkg", "x");
    link("generations/1/a.pkg", "../../a.pkg");
    assertThat(text("generations/1/a.pkg")).isEqualTo("x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/etc", "..", "../x", "a/../../x", "a/b/../../../c", ".", "a//b", "a\nb"})
  protected void linkMustStayWithin(String target) throws IOException {
    needLinks();
    assertKind(Kind.PERMANENT, () -> link("current", target));
    assertUntouched();
  }

  @Test
  protected void linkWhereAFolderIsConflicts() throws IOException {
    needLinks();
    put("g/a", "x");
    assertKind(Kind.CONFLICT, () -> link("g", "h"));
    assertThat(text("g/a")).isEqualTo("x");
  }

  @Test
  protected void sameBytesThroughALinkAreThere() throws IOException {
    needLinks();
    put("pool/a", "x");
    link("a", "pool/a");
    put("a", "x");
    assertThat(store.readLink(key("a"))).contains("pool/a");
    assertKind(Kind.CONFLICT, () -> put("a", "y"));
    assertThat(text("pool/a")).isEqualTo("x");
  }

  @Test
  protected void nothingIsWrittenThroughALink() throws IOException {
    needLinks();
    link("a", "pool/a");
    assertKind(Kind.CONFLICT, () -> put("a", "x"));
    assertThat(folders(store, TOP)).isEmpty();
    assertThat(store.stat(key("pool/a"))).isEmpty();
  }

  @Test
  protected void readerFollowsAPointerThatMoves() throws Exception {
    needLinks();
    put("generations/0/q.db", "0");
    put("generations/1/q.db", "1");
    link("current", "generations/0");
    link("q.db", "current/q.db");
    AtomicBoolean done = new AtomicBoolean();
    Callable<Void> writer =
        () -> {
          try {
            for (int i = 0; i < rounds(); i++) {
              store.swapLink(
                  key("current"),
                  Optional.of("generations/" + i % 2),
                  "generations/" + (i + 1) % 2);
            }
          } finally {
            done.set(true);
          }
          return null;
        };
    Callable<Void> reader =
        () -> {
          Store other = rival();
          while (!done.get()) {
            assertThat(text(other, key("q.db"))).isIn("0", "1");
            assertThat(other.stat(key("q.db"))).isPresent();
            assertThat(other.readLink(key("current"))).isPresent();
          }
          return null;
        };
    together(List.of(writer, reader));
  }

  // Lock

  @Test
  protected void lockIsTakenAndGivenUp() throws IOException {
    needLock();
    for (int i = 0; i < 3; i++) {
      try (StoreLock lock = lock(store, 0)) {
        lock.confirm();
      }
    }
  }

  @Test
  protected void lockKeepsAnotherPublisherOut() throws IOException {
    needLock();
    Store other = rival();
    try (StoreLock lock = lock(store, 0)) {
      assertThatThrownBy(() -> lock(other, 0)).isInstanceOf(LockedException.class);
      lock.confirm();
    }
    lock(other, 0).close();
  }

  @Test
  protected void lockIsNotHeldTwiceByOneStore() throws IOException {
    needLock();
    try (StoreLock lock = lock(store, 0)) {
      assertThatThrownBy(() -> lock(store, 0)).isInstanceOf(LockedException.class);
      lock.confirm();
    }
  }

  @Test
  protected void refusalSaysWhatToDo() throws IOException {
    needLock();
    Store other = rival();
    try (StoreLock lock = lock(store, 0)) {
      LockedException e = catchThrowableOfType(LockedException.class, () -> lock(other, 0));
      assertThat(e.getMessage()).hasSizeGreaterThan(20);
      lock.confirm();
    }
  }

  @Test
  protected void patienceWaitsForTheHolder() throws Exception {
    needLock();
    Store other = rival();
    StoreLock lock = lock(store, 0);
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Future<Boolean> waiting =
          pool.submit(
              () -> {
                try (StoreLock theirs = lock(other, 60_000)) {
                  theirs.confirm();
                  return true;
                }
              });
      Thread.sleep(200);
      assertThat(waiting).isNotDone();
      lock.close();
      assertThat(waiting.get(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  protected void patienceEnds() throws IOException {
    needLock();
    Store other = rival();
    try (StoreLock lock = lock(store, 0)) {
      long begin = System.nanoTime();
      assertThatThrownBy(() -> lock(other, 300)).isInstanceOf(LockedException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(ofMillis(290), ofMillis(20_000));
      lock.confirm();
    }
  }

  @Test
  protected void lockThatWasGivenUpIsNotConfirmed() throws IOException {
    needLock();
    StoreLock lock = lock(store, 0);
    lock.close();
    assertKind(Kind.CONFLICT, lock::confirm);
  }

  @Test
  protected void givingUpTwiceHarmsNobody() throws IOException {
    needLock();
    StoreLock first = lock(store, 0);
    first.close();
    try (StoreLock second = lock(rival(), 0)) {
      first.close();
      second.confirm();
      assertThatThrownBy(() -> lock(store, 0)).isInstanceOf(LockedException.class);
    }
  }

  @Test
  protected void lockOnANewPlace() throws IOException {
    needLock();
    try (StoreLock lock = lock(store, 0)) {
      assertThat(list(store, TOP)).isEmpty();
      assertThat(folders(store, TOP)).isEmpty();
      put("g/a", "x");
      lock.confirm();
    }
    assertThat(text("g/a")).isEqualTo("x");
  }

  @Test
  protected void lockGuardsReadAndWrite() throws Exception {
    needLock();
    store.swap(key("counter"), Tag.ABSENT, Blobs.text("0"));
    together(
        THREADS,
        i -> {
          Store mine = publisher(i);
          for (int n = 0; n < 3; n++) {
            try (StoreLock lock = lock(mine, 100_000)) {
              int now = Integer.parseInt(text(mine, key("counter")));
              Tag tag = mine.stat(key("counter")).orElseThrow().tag();
              lock.confirm();
              mine.swap(key("counter"), tag, Blobs.text("" + (now + 1)));
            }
          }
        });
    assertThat(text("counter")).isEqualTo("" + 3 * THREADS);
  }

  @Test
  protected void foreignLockIsMadeAndRemoved() throws IOException {
    needLock();
    StoreKey foreign = key("q.db.tar.gz.lck");
    try (StoreLock lock = store.lock(request(0, foreign))) {
      assertThat(store.stat(foreign)).isPresent();
      lock.confirm();
    }
    assertThat(store.stat(foreign)).isEmpty();
    assertUntouched();
  }

  @Test
  protected void foreignLockIsRespected() throws IOException {
    needLock();
    StoreKey foreign = key("q.db.tar.gz.lck");
    put(foreign.value(), "4194999\n");
    assertThatThrownBy(() -> store.lock(request(100, foreign))).isInstanceOf(LockedException.class);
    assertThat(text(foreign.value())).isEqualTo("4194999\n");
    lock(store, 0).close();
    store.delete(foreign);
    store.lock(request(0, foreign)).close();
  }

  @Test
  protected void patienceWaitsForTheForeignHolder() throws Exception {
    needLock();
    StoreKey foreign = key("q.db.tar.gz.lck");
    put(foreign.value(), "4194999\n");
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Future<Boolean> waiting =
          pool.submit(
              () -> {
                try (StoreLock lock = store.lock(request(60_000, foreign))) {
                  lock.confirm();
                  return true;
                }
              });
      Thread.sleep(200);
      assertThat(waiting).isNotDone();
      rival().delete(foreign);
      assertThat(waiting.get(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  protected void foreignLockThatWasRemovedIsNotConfirmed() throws IOException {
    needLock();
    StoreKey foreign = key("q.db.tar.gz.lck");
    try (StoreLock lock = store.lock(request(0, foreign))) {
      store.delete(foreign);
      assertKind(Kind.CONFLICT, lock::confirm);
    }
  }

  @Test
  protected void waitingForTheLockCanBeInterrupted() throws Exception {
    needLock();
    Store other = rival();
    try (StoreLock lock = lock(store, 0)) {
      AtomicBoolean interrupted = new AtomicBoolean();
      CountDownLatch ended = new CountDownLatch(1);
      Thread waiter =
          new Thread(
              () -> {
                try {
                  lock(other, 60_000).close();
                } catch (StoreException e) {
                  interrupted.set(Thread.currentThread().isInterrupted());
                } finally {
                  ended.countDown();
                }
              });
      waiter.start();
      Thread.sleep(100);
      waiter.interrupt();
      assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(interrupted).isTrue();
      lock.confirm();
    }
  }

  // The store itself

  @Test
  protected void traitsMakeSense() {
    assertThat(store.traits().parallelism()).isPositive();
    assertThat(store.traits()).isEqualTo(store.traits());
  }

  @Test
  protected void locationIsTold() {
    assertThat(store.location()).isNotBlank().doesNotContain("@");
  }

  @Test
  protected void closingTwiceIsNoError() throws IOException {
    Store other = rival();
    other.close();
    other.close();
  }

  @Test
  protected void closedStoreDoesNothing() throws IOException {
    Store other = rival();
    other.close();
    assertKind(Kind.PERMANENT, () -> other.stat(key("a")));
    assertKind(Kind.PERMANENT, () -> other.open(key("a")));
    assertKind(Kind.PERMANENT, () -> other.list(TOP));
    assertKind(Kind.PERMANENT, () -> other.putOnce(key("a"), Blobs.text("x")));
    assertKind(Kind.PERMANENT, () -> other.swap(key("a"), Tag.ABSENT, Blobs.text("x")));
    assertKind(Kind.PERMANENT, () -> other.delete(key("a")));
    assertUntouched();
  }

  // What the tests are made of

  /** The store of the test. */
  protected final Store store() {
    return store;
  }

  /** One more store on the same place, closed after the test. */
  protected final Store rival() throws IOException {
    Store other = another();
    synchronized (opened) {
      opened.add(other);
    }
    return other;
  }

  protected static StoreKey key(String value) {
    return new StoreKey(value);
  }

  protected final void put(String key, String text) throws IOException {
    store.putOnce(key(key), Blobs.text(text));
  }

  protected final String text(String key) throws IOException {
    return text(store, key(key));
  }

  protected static String text(Store store, StoreKey key) throws IOException {
    try (Store.Opened open = store.open(key)) {
      return new String(open.stream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  protected static LockRequest request(int millis, StoreKey... foreign) {
    return new LockRequest(ofMillis(millis), List.of(foreign));
  }

  /** What must throw. */
  @FunctionalInterface
  protected interface Action {
    void run() throws IOException;
  }

  protected static void assertKind(Kind kind, Action action) {
    assertThat(refused(action).kind()).isEqualTo(kind);
  }

  protected static StoreException refused(Action action) {
    StoreException e = catchThrowableOfType(StoreException.class, action::run);
    assertThat(e).as("a StoreException").isNotNull();
    assertThat(e.getMessage()).isNotBlank();
    return e;
  }

  /** What one of several threads does. */
  @FunctionalInterface
  protected interface Part {
    void run(int number) throws Exception;
  }

  protected static void together(int threads, Part part) throws Exception {
    List<Callable<Void>> parts = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int number = i;
      parts.add(
          () -> {
            part.run(number);
            return null;
          });
    }
    together(parts);
  }

  protected static void together(List<Callable<Void>> parts) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(parts.size());
    try {
      for (Future<Void> future : pool.invokeAll(parts)) {
        future.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private Store publisher(int i) throws IOException {
    return i % 2 == 0 ? store : rival();
  }

  private static StoreLock lock(Store store, int millis) throws StoreException {
    return store.lock(request(millis));
  }

  private void link(String link, String target) throws StoreException {
    store.swapLink(key(link), store.readLink(key(link)), target);
  }

  private void needLinks() {
    assumeTrue(store.traits().links(), "limitation: the store has no links");
  }

  private void needLock() {
    assumeTrue(store.traits().exclusive(), "limitation: the store has no lock");
  }

  /** There are neither objects nor folders. */
  protected void assertUntouched() throws IOException {
    assertThat(list(store, TOP)).isEmpty();
    assertThat(folders(store, TOP)).isEmpty();
  }

  private List<StoreKey> list(Store of, Optional<StoreKey> folder) throws StoreException {
    needLists();
    return of.list(folder);
  }

  private List<StoreKey> folders(Store of, Optional<StoreKey> folder) throws StoreException {
    needLists();
    return of.folders(folder);
  }

  protected final void needLists() {
    assumeTrue(
        store.traits().lists(), "limitation: the server does not tell what lies in a folder");
  }

  private Instant modified(String key) throws StoreException {
    return store.stat(key(key)).orElseThrow().lastModified();
  }

  private Sha256 digest(String key) throws IOException {
    return digest(store, key(key));
  }

  private static Sha256 digest(Store store, StoreKey key) throws IOException {
    try (Store.Opened open = store.open(key);
        InputStream in = open.stream()) {
      return Digests.of(in, Set.of()).sha256();
    }
  }

  private static Duration ofMillis(int millis) {
    return Duration.ofMillis(millis);
  }
}
