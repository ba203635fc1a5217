package org.qrepo.store.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Tag;
import org.qrepo.store.Blobs;
import org.qrepo.store.Retry;
import org.qrepo.store.RetryPolicy;
import org.qrepo.store.RetryingStore;

/** Transfers that break go on where they broke: a real server behind a forwarder that cuts. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SftpResumeTest {
  private static final StoreKey KEY = new StoreKey("big.pkg.tar.zst");
  private static final int SIZE = 12_000_000;

  /** What connecting, looking and the framing of the bytes cost. */
  private static final long OVERHEAD = 400_000;

  @TempDir static Path shared;
  private static Sshd sshd;

  @TempDir Path dir;
  private CuttingForwarder forwarder;
  private Blob blob = Blobs.text("");
  private final List<Store> opened = new ArrayList<>();
  private final List<Retry> retries = new ArrayList<>();

  @BeforeAll
  static void startServer() throws IOException {
    sshd = Sshd.start(shared.resolve("sshd"));
  }

  @AfterAll
  static void stopServer() {
    sshd.close();
  }

  @BeforeEach
  void startForwarder() throws IOException {
    forwarder = CuttingForwarder.to(sshd.port());
    Files.writeString(
        dir.resolve("known"),
        sshd.knownHost().replace(":" + sshd.port(), ":" + forwarder.port()) + "\n");
    blob = Blobs.random(SIZE, 7);
  }

  @AfterEach
  void stopForwarder() throws IOException {
    for (Store store : opened) {
      store.close();
    }
    forwarder.close();
  }

  @Test
  void uploadThatBreaksGoesOnInTheSameRun() throws IOException {
    Store store = retrying(publisher(Duration.ofSeconds(60)));
    store.list(Optional.empty());
    forwarder.forget();
    forwarder.cutWhenSent(SIZE / 2);
    store.putOnce(KEY, blob);
    assertStored();
    assertThat(retries).hasSize(1);
    assertThat(retries.get(0).reason().kind()).isEqualTo(Kind.TRANSIENT);
    // What lay between the forwarder and the server's disk when it broke is sent again.
    assertThat(forwarder.sent()).isBetween((long) SIZE, SIZE + SIZE / 3L);
  }

  @Test
  void uploadThatBreaksOftenGoesOnEachTime() throws IOException {
    Store store = retrying(publisher(Duration.ofSeconds(60)));
    forwarder.cutWhenSent(4_000_000);
    Blob cutting =
        new Blob.Measured(
            blob.size(),
            blob.sha256(),
            () -> {
              forwarder.cutWhenSent(retries.size() < 3 ? 3_500_000 : Long.MAX_VALUE / 2);
              return blob.open();
            });
    store.swap(KEY, Tag.ABSENT, cutting);
    assertStored();
    assertThat(retries).hasSize(3);
    assertThat(forwarder.sent()).isLessThan(2L * SIZE);
  }

  @Test
  void nextRunGoesOnAndSendsOnlyTheRest() throws IOException {
    long there = broken(publisher(Duration.ofSeconds(60)));
    age(Duration.ofSeconds(61));
    Store next = publisher(Duration.ofSeconds(60));
    forwarder.forget();
    next.putOnce(KEY, blob);
    assertStored();
    assertThat(there).isGreaterThan(SIZE / 3);
    assertThat(forwarder.sent()).isBetween(SIZE - there, SIZE - there + OVERHEAD);
    assertThat(forwarder.received()).isBetween(there, there + OVERHEAD);
    System.out.printf(
        "sftp resume: of %d bytes %d were there, the next run sent %d%n",
        SIZE, there, forwarder.sent());
  }

  @Test
  void fileThatIsBeingWrittenIsLeftAlone() throws IOException {
    broken(publisher(Duration.ofSeconds(60)));
    Path rest = unfinished().get(0);
    if (rest.toString().endsWith(".left")) {
      Files.move(rest, Path.of(rest.toString().replace(".left", "")));
    }
    age(Duration.ofSeconds(1));
    Store other = publisher(Duration.ofSeconds(60));
    forwarder.forget();
    other.putOnce(KEY, blob);
    assertThat(digest()).isEqualTo(blob.sha256().hex());
    assertThat(forwarder.sent()).isGreaterThan(SIZE);
    assertThat(unfinished()).hasSize(1);
  }

  @Test
  void restThatIsDamagedIsSentAnew() throws IOException {
    broken(publisher(Duration.ofSeconds(60)));
    Path rest = unfinished().get(0);
    byte[] bytes = Files.readAllBytes(rest);
    bytes[bytes.length / 2]++;
    Files.write(rest, bytes);
    age(Duration.ofSeconds(61));
    publisher(Duration.ofSeconds(60)).putOnce(KEY, blob);
    assertStored();
  }

  @Test
  void restThatIsWholeOnlyGetsItsName() throws IOException {
    broken(publisher(Duration.ofSeconds(60)));
    try (InputStream in = blob.open()) {
      Files.write(unfinished().get(0), in.readAllBytes(), StandardOpenOption.TRUNCATE_EXISTING);
    }
    age(Duration.ofSeconds(61));
    Store next = publisher(Duration.ofSeconds(60));
    forwarder.forget();
    next.putOnce(KEY, blob);
    assertStored();
    assertThat(forwarder.sent()).isLessThan(OVERHEAD);
  }

  @Test
  void sourceThatChangedMeanwhileIsRefusedAndNothingIsLeft() throws IOException {
    broken(publisher(Duration.ofSeconds(60)));
    age(Duration.ofSeconds(61));
    Blob other = new Blob.Measured(SIZE, blob.sha256(), Blobs.random(SIZE, 8)::open);
    StoreException e = refused(() -> publisher(Duration.ofSeconds(60)).putOnce(KEY, other));
    assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
    assertThat(e).hasMessageContaining("changed after it was read");
    assertThat(unfinished()).isEmpty();
    assertThat(dir.resolve("repo/" + KEY)).doesNotExist();
  }

  @Test
  void whoIsInterruptedLeavesTheRestToWhoeverComesNext() throws Exception {
    Store store = publisher(Duration.ofSeconds(60));
    CountDownLatch half = new CountDownLatch(1);
    Blob slow = new Blob.Measured(SIZE, blob.sha256(), () -> new Slow(blob.open(), SIZE / 2, half));
    Thread worker =
        new Thread(
            () -> {
              StoreException e = refused(() -> store.putOnce(KEY, slow));
              assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
            });
    worker.start();
    half.await();
    worker.interrupt();
    worker.join();
    store.close();
    assertThat(unfinished()).hasSize(1).first().asString().endsWith(".left");
    long there = Files.size(unfinished().get(0));
    assertThat(there).isGreaterThan(SIZE / 3);
    Store next = publisher(Duration.ofSeconds(60));
    forwarder.forget();
    next.putOnce(KEY, blob);
    assertStored();
    assertThat(forwarder.sent()).isLessThan(SIZE - there + OVERHEAD);
  }

  @Test
  void twoThatGoOnWithTheSameFileBothEndWell() throws Exception {
    broken(publisher(Duration.ofSeconds(60)));
    age(Duration.ofSeconds(61));
    List<CompletableFuture<Void>> puts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Store store = publisher(Duration.ofSeconds(60));
      puts.add(
          CompletableFuture.runAsync(
              () -> {
                try {
                  store.putOnce(KEY, blob);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              }));
    }
    puts.forEach(CompletableFuture::join);
    assertStored();
  }

  @Test
  void restsAreKeptForADayAndNotLonger() throws IOException {
    Store store = publisher(Duration.ofSeconds(60));
    broken(store);
    age(Duration.ofHours(23));
    Store next = publisher(Duration.ofSeconds(60));
    next.lock(new LockRequest(Duration.ZERO, List.of())).close();
    assertThat(unfinished()).hasSize(1);
    age(Duration.ofHours(25));
    next.lock(new LockRequest(Duration.ZERO, List.of())).close();
    assertThat(unfinished()).isEmpty();
  }

  @Test
  void readingThatBreaksGoesOnBehindTheLastByte() throws IOException {
    publisher(Duration.ofSeconds(60)).putOnce(KEY, blob);
    Store store = retrying(publisher(Duration.ofSeconds(60)));
    store.stat(KEY);
    forwarder.forget();
    forwarder.cutWhenReceived(SIZE / 2);
    try (Store.Opened open = store.open(KEY)) {
      assertThat(Digests.of(open.stream(), List.of()).sha256()).isEqualTo(blob.sha256());
    }
    assertThat(retries).hasSize(1);
    // The library asks ahead; what was on its way when the connection ended comes again.
    assertThat(forwarder.received()).isBetween((long) SIZE, SIZE + 4 * OVERHEAD);
  }

  // What the tests are made of

  /** What must throw. */
  @FunctionalInterface
  private interface Action {
    void run() throws IOException;
  }

  private static StoreException refused(Action action) {
    StoreException e = catchThrowableOfType(StoreException.class, action::run);
    assertThat(e).as("a StoreException").isNotNull();
    return e;
  }

  private Store publisher(Duration idle) {
    Store store =
        SftpStore.open(
            "sftp://127.0.0.1:" + forwarder.port() + dir.resolve("repo"),
            sshd.settings()
                .withKnownHosts(List.of(dir.resolve("known")))
                .withLimits(
                    new SftpSettings.Limits(Duration.ofSeconds(10), idle, Duration.ofMinutes(10))));
    opened.add(store);
    return store;
  }

  private Store retrying(Store store) {
    RetryPolicy policy =
        new RetryPolicy(6, Duration.ofMillis(50), Duration.ofMillis(200), Duration.ofMinutes(1));
    return new RetryingStore(store, policy, retries::add);
  }

  /** Breaks an upload halfway; how much of it the server has in the end. */
  private long broken(Store store) throws IOException {
    store.list(Optional.empty());
    forwarder.cutWhenSent(SIZE / 2);
    assertThat(refused(() -> store.putOnce(KEY, blob)).kind()).isEqualTo(Kind.TRANSIENT);
    store.close();
    assertThat(unfinished()).hasSize(1);
    return settledSize(unfinished().get(0));
  }

  /** The server may still be writing what it has received. */
  private static long settledSize(Path file) throws IOException {
    long before = -1;
    for (long now = Files.size(file); now != before; now = Files.size(file)) {
      before = now;
      try {
        Thread.sleep(150);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return before;
  }

  private void age(Duration by) throws IOException {
    for (Path file : unfinished()) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(by)));
    }
  }

  private List<Path> unfinished() throws IOException {
    Path folder = dir.resolve("repo/.qrepo-tmp-sftp");
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private String digest() throws IOException {
    try (InputStream in = Files.newInputStream(dir.resolve("repo/" + KEY))) {
      return Digests.of(in, List.of()).sha256().hex();
    }
  }

  private void assertStored() throws IOException {
    assertThat(digest()).isEqualTo(blob.sha256().hex());
    assertThat(unfinished()).isEmpty();
  }

  /** Gives half of it at once, and the rest so slowly that it never ends. */
  private static final class Slow extends java.io.FilterInputStream {
    private final long fast;
    private final CountDownLatch half;
    private long given;

    Slow(InputStream in, long fast, CountDownLatch half) {
      super(in);
      this.fast = fast;
      this.half = half;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (given > fast) {
        half.countDown();
        try {
          Thread.sleep(60_000);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new java.io.InterruptedIOException("interrupted");
        }
      }
      int n = super.read(buffer, offset, length);
      given += n;
      return n;
    }
  }
}
