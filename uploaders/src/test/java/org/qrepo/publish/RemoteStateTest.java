package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qrepo.publish.Workshop.assertRefused;

import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.RefusedException;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.store.InterceptingStore;
import org.qrepo.store.MemoryStore;
import org.qrepo.store.StoreCall;
import org.qrepo.store.Verb;

/** What lies in a store may be anybody's doing. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
@Isolated("it counts the threads of this process")
class RemoteStateTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private final MemoryStore store = MemoryStore.conditional();
  private Workshop shop;

  @BeforeEach
  void open() {
    shop = new Workshop(directory).layout(Layout.PLAIN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"old", "0123", "0123456789ABCDEF", "0123456789abcdef", "prune", ".x"})
  void foldersOfStrangersAmongTheGenerationsAreNoObstacle(String folder) throws IOException {
    Workshop.put(store, "generations/" + folder + "/note.txt", "mine");

    shop.add(store, shop.sample("a", "1-1"));
    shop.add(store, shop.sample("b", "1-1"));

    assertThat(shop.published(store)).isEqualTo(Map.of("a", "1-1", "b", "1-1"));
    assertThat(Workshop.read(store, "generations/" + folder + "/note.txt")).isPresent();
  }

  @Test
  void aFirstPublishThatDiedIsTakenUpByAnyPublisher() throws IOException {
    shop.add(store, shop.sample("a", "1-1"), shop.sample("b", "1-1"));
    for (Names.Mutable name :
        new Names(shop.spec.name()).mutable(shop.spec.compression(), shop.spec.aliases())) {
      store.delete(name.key());
    }
    shop.memory.clear();

    shop.add(store, shop.sample("c", "1-1"));

    assertThat(shop.published(store)).isEqualTo(Map.of("c", "1-1"));
  }

  /** Its packages come after its generation, which says whose they are. */
  @Test
  void aRivalsFirstPublishUnderWayIsNotTakenForStrangersPackages() throws IOException {
    Workshop rival = new Workshop(directory.resolve("rival")).layout(Layout.PLAIN);
    AtomicBoolean once = new AtomicBoolean();
    Store ours =
        new HookedStore(
            store.another(),
            (number, call) -> {
              boolean looks = call.verb() == Verb.LIST || call.verb() == Verb.FOLDERS;
              if (looks && once.get()) {
                once.set(false);
                uploadWithoutCommit(rival);
              } else if (looks) {
                once.set(true);
              }
            });

    shop.add(ours, shop.sample("a", "1-1"));

    assertThat(shop.published(store)).containsEntry("a", "1-1");
  }

  private void uploadWithoutCommit(Workshop rival) {
    Store dying =
        new HookedStore(
            store.another(),
            (number, call) -> {
              if (call.verb() == Verb.SWAP) {
                throw new StoreException(StoreException.Kind.PERMANENT, "killed");
              }
            });
    try {
      rival.add(dying, rival.sample("theirs", "1-1"));
    } catch (IOException e) {
      assertThat(e).hasMessage("killed");
    }
  }

  @Test
  void anotherGenerationOfTheNumberThatWasSeenIsAFork() throws IOException {
    shop.add(store, shop.sample("a", "1-1"));
    Map<String, byte[]> first = snapshot();
    shop.add(store, shop.sample("a", "2-1"));
    restore(first);
    Workshop other = new Workshop(directory.resolve("other")).layout(Layout.PLAIN);
    other.add(store, other.sample("b", "1-1"));

    assertRefused("repository-forked", () -> shop.add(store, shop.sample("c", "1-1")));
  }

  @Test
  void whatWasOnlyReadIsRememberedToo() throws IOException {
    shop.add(store, shop.sample("a", "1-1"));
    Map<String, byte[]> first = snapshot();
    Workshop other = new Workshop(directory.resolve("other")).layout(Layout.PLAIN);
    other.add(store, other.sample("a", "2-1"));
    Store failing =
        new HookedStore(
            store.another(),
            (number, call) -> {
              if (call.verb().writes()) {
                throw new StoreException(StoreException.Kind.DENIED, "read only today");
              }
            });
    try {
      shop.add(failing, shop.sample("b", "1-1"));
    } catch (StoreException e) {
      assertThat(e).hasMessage("read only today");
    }
    restore(first);

    assertRefused("repository-rolled-back", () -> shop.add(store, shop.sample("b", "1-1")));
  }

  private Map<String, byte[]> snapshot() throws IOException {
    Map<String, byte[]> names = new HashMap<>();
    for (String name : List.of("t.db", "t.db.sig", "t.files", "t.files.sig")) {
      names.put(name, Workshop.read(store, name).orElseThrow());
    }
    return names;
  }

  private void restore(Map<String, byte[]> names) throws IOException {
    for (Map.Entry<String, byte[]> name : names.entrySet()) {
      StoreKey key = new StoreKey(name.getKey());
      store.swap(key, store.stat(key).get().tag(), Blob.of(name.getValue()));
    }
  }

  /** As one by a key that is no longer allowed: the generation is made again and is not live. */
  @Test
  void aBadSignatureOfADeadAttemptIsReplaced() throws IOException {
    shop.clock = Workshop.fixed("2026-01-02T03:04:05Z");
    uploadWithoutCommit(shop);
    StoreKey folder = store.folders(Optional.of(Names.GENERATIONS)).get(0);
    Workshop.put(store, folder + "/t.db.sig", "bad");

    Receipt receipt = shop.add(store, shop.sample("theirs", "1-1"));

    assertThat(Names.generation(receipt.generation().orElseThrow())).isEqualTo(folder);
    assertThat(Workshop.isPairGood(store, shop.key)).isTrue();
    assertThat(Workshop.read(store, folder + "/t.db.sig"))
        .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(signature("t.db.sig")));
  }

  private byte[] signature(String name) {
    try {
      return Workshop.read(store, name).orElseThrow();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  // --- packages in the store ------------------------------------------------------------------

  @Test
  void aStoredPackageOfTheSameSizeAndOtherBytesIsRefused() throws IOException {
    Path a = shop.sample("a", "1-1");
    Workshop.put(store, "a-1-1-any.pkg.tar.zst", "x".repeat((int) Files.size(a)));

    assertRefused("package-name-taken", () -> shop.add(store, a));
  }

  @Test
  void aPublishedPackageOfAnotherSizeIsRefusedAndReplacedUnderANewName() throws IOException {
    Path a = shop.sample("a", "1-1");
    shop.add(store, a);
    Workshop.put(store, "a-1-1-any.pkg.tar.zst", "cut short");

    assertRefused("package-name-taken", () -> shop.add(store, a));

    shop.publisher(store).publish(replacing(a), Publisher.Approval.ANY);
    String name = shop.history(store).live().orElseThrow().database().entries().get(0).fileName();
    assertThat(name).matches("a-1-1-any\\.[0-9a-f]{8}\\.pkg\\.tar\\.zst");
    assertThat(Workshop.read(store, name).orElseThrow()).isEqualTo(Files.readAllBytes(a));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aReplacementsNameWithOtherBytesIsNotPublished(boolean sameSize) throws IOException {
    shop.add(store, shop.sample("a", "1-1"));
    Path rebuilt = shop.rebuilt("a", "1-1");
    String mark = Digests.of(Files.readAllBytes(rebuilt), Set.of()).sha256().hex().substring(0, 8);
    int size = (int) Files.size(rebuilt);
    Workshop.put(
        store, "a-1-1-any." + mark + ".pkg.tar.zst", "x".repeat(sameSize ? size : size - 1));

    assertRefused(
        "package-name-taken",
        () -> shop.publisher(store).publish(replacing(rebuilt), Publisher.Approval.ANY));
  }

  private static Change replacing(Path file) {
    return new Change(List.of(file), Set.of(), new Change.Options(false, true, false));
  }

  // --- endless objects --------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(
      strings = {
        "t.db",
        "t.db.sig",
        "t.files",
        "t.files.sig",
        "t.db.tar.gz",
        "t.files.tar.gz.sig",
        "a-1-1-any.pkg.tar.zst",
        "a-1-1-any.pkg.tar.zst.sig"
      })
  void anObjectWithoutEndEndsThePublishOrIsWrittenAnew(String name) throws IOException {
    Workshop elsewhere = new Workshop(directory.resolve("elsewhere")).layout(Layout.PLAIN);
    elsewhere.add(store, elsewhere.sample("b", "1-1"));
    shop.patience = Duration.ZERO;
    Path a = shop.sample("a", "1-1");
    if (name.startsWith("a-")) {
      store.putOnce(new StoreKey(name), Blob.of(Files.readAllBytes(a)));
    }

    try {
      shop.add(new EndlessStore(store.another(), name), a);
    } catch (IOException | RefusedException | ConflictException e) {
      assertThat(shop.published(store)).isEqualTo(Map.of("b", "1-1"));
    }
    assertThat(Workshop.isPairGood(store, shop.key)).isTrue();
  }

  /** One object tells its size, and its bytes go on without end. */
  private static final class EndlessStore extends InterceptingStore {
    private final StoreKey endless;

    EndlessStore(Store inner, String endless) {
      super(inner);
      this.endless = new StoreKey(endless);
    }

    @Override
    protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
      return action.run();
    }

    @Override
    public Opened open(StoreKey key) throws StoreException {
      Opened opened = super.open(key);
      return key.equals(endless)
          ? new Opened(opened.object(), new SequenceInputStream(opened.stream(), new Zeros()))
          : opened;
    }
  }

  private static final class Zeros extends InputStream {
    @Override
    public int read() {
      return 0;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      return length;
    }
  }

  // --- nothing stays behind --------------------------------------------------------------------

  @Test
  void neitherScratchNorThreadsStayWhateverHappens() throws IOException {
    shop.add(store, shop.sample("a", "1-1"));
    for (int n = 1; n < 60; n++) {
      int failing = n;
      Store store =
          new HookedStore(
              this.store.another(),
              (number, call) -> {
                if (number == failing) {
                  throw new IllegalStateException("a fault of the store's own");
                }
              });
      try {
        shop.add(store, shop.sample("a", "2-1"));
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("a fault of the store's own");
      }
    }

    assertThat(directory.resolve("scratch")).isEmptyDirectory();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("qrepo-worker");
  }
}
